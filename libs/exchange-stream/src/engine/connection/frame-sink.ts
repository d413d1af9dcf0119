import type { BookLevel, BookOrder, ExchangeSequence, Side } from '@exchange-stream/market-data';
import type {
  AccountRow,
  BookLink,
  CandleRow,
  DerivativesRow,
  LiquidationRow,
  OptionRow,
  PlatformStatusRow,
  ListedSymbol,
  QuotePeriods,
  Refusal,
  Sink,
  TickerRow,
  TradeRow,
} from '../../contract/index.ts';
import type { FieldChannel, FieldRows } from '../dispatch/latest-fields.ts';
import { FrameCount } from '../integrity/frame-count.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { FrameProblemKind } from '../lifecycle/lifecycle-event.ts';
import { excerpt, frameExcerpt } from './redaction.ts';
import type { WireStream } from './wire-stream.ts';
import { messageOf } from '../errors.ts';

/** Beginning of a frame that is shown in reports. */
const SAMPLE_BYTES = 200;

/** Characters of a key that are shown in reports. */
const MAX_KEY_LENGTH = 64;

/** Counts rows of a topic of many instruments, of one that nobody wants. */
const UNWANTED_INSTRUMENT = 'row of an instrument that nobody wants';

const NO_FRAME = Buffer.alloc(0);

/** Where rows and replies of one connection go. */
export interface FrameSinkTargets {
  readonly statistics: ExchangeStatistics;
  stream(topic: string): WireStream | undefined;
  /**
   * @param frame the text of the frame that the answer stood in
   * @returns what is wrong with it; undefined where nothing is
   */
  reply(key: string, refusal: Refusal | undefined, frame: () => string): string | undefined;
  pong(): void;
  answer(frame: string): void;
  tokenLost(reason: string): void;
  closing(reason: string): void;
  paused(reason: string): void;
  resumed(reason: string): void;
  marketStatus(listed: ListedSymbol, status: 'halted' | 'trading', reason: string): void;
  problem(problem: FrameProblemKind, detail: () => string): void;
  /** Frames of the connection are missing. Returns whether it is read on. */
  missed(reason: string): boolean;
}

/** Takes what a session reads off one connection and hands it to the flows that it is for. */
export class FrameSink implements Sink<WireStream> {
  /** When the frame being read left the socket, milliseconds since the epoch. */
  private receivedAt = 0;
  private frame: Buffer = NO_FRAME;
  /** Topics to which the frame being read has been given as it came; made only where one is wanted so. */
  private rawGiven: Set<string> | undefined;
  /** The frame being read as text; made only where somebody wants it. */
  private decoded: string | undefined;
  /** Frames, and parts of them, that were of a wanted topic. */
  routed = 0;

  /** The text of the frame being read. */
  readonly text = (): string => (this.decoded ??= this.frame.toString('utf8'));

  /** The exchange's own count of the frames of the connection. */
  count = new FrameCount();

  constructor(private readonly targets: FrameSinkTargets) {}

  /** The frame that everything is of from here on. */
  begin(frame: Buffer, receivedAt: number): void {
    this.frame = frame;
    this.receivedAt = receivedAt;
    this.rawGiven = undefined;
    this.decoded = undefined;
  }

  /** The frame has been read: a large one is not to stay until the next one comes. */
  end(): void {
    this.frame = NO_FRAME;
    this.decoded = undefined;
  }

  stream(topic: string): WireStream | undefined {
    const stream = this.targets.stream(topic);
    if (!stream) return undefined;
    this.routed++;
    if (stream.rawFlows.length > 0) this.giveRaw(stream);
    return stream;
  }

  of(stream: WireStream, nativeSymbol: string): WireStream | undefined {
    const own = stream.of(nativeSymbol);
    if (!own) this.targets.statistics.ignore(UNWANTED_INSTRUMENT);
    return own;
  }

  trade(
    stream: WireStream,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates?: { readonly firstId: string; readonly lastId: string },
    periodDays?: number,
    isBlock?: boolean,
  ): void {
    for (const flow of stream.flows)
      if (flow.channel === 'trades')
        flow.trade(this.receivedAt, exchangeTime, id, price, amount, side, aggregates, periodDays, isBlock);
  }

  recentTrades(stream: WireStream, rows: readonly TradeRow[]): void {
    for (const flow of stream.flows) if (flow.channel === 'trades') flow.recentTrades(this.receivedAt, rows);
  }

  quote(
    stream: WireStream,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
    periods?: QuotePeriods,
  ): void {
    for (const flow of stream.flows) {
      if (flow.channel === 'quotes')
        flow.quote(this.receivedAt, exchangeTime, sequence, bid, bidAmount, ask, askAmount, periods);
    }
  }

  ticker(stream: WireStream, exchangeTime: number | undefined, row: TickerRow): void {
    this.fields('ticker', stream, exchangeTime, row, true);
  }

  tickerUpdate(stream: WireStream, exchangeTime: number | undefined, row: Partial<TickerRow>): void {
    this.fields('ticker', stream, exchangeTime, row, false);
  }

  derivatives(stream: WireStream, exchangeTime: number | undefined, row: DerivativesRow): void {
    this.fields('derivatives', stream, exchangeTime, row, false);
  }

  option(stream: WireStream, exchangeTime: number | undefined, row: OptionRow): void {
    this.fields('options', stream, exchangeTime, row, false);
  }

  liquidation(stream: WireStream, exchangeTime: number | undefined, row: LiquidationRow): void {
    for (const flow of stream.flows)
      if (flow.channel === 'liquidations') flow.liquidation(this.receivedAt, exchangeTime, row);
  }

  platformStatus(stream: WireStream, exchangeTime: number | undefined, row: PlatformStatusRow): void {
    for (const flow of stream.flows)
      if (flow.channel === 'status') flow.platformStatus(this.receivedAt, exchangeTime, row);
  }

  candle(stream: WireStream, exchangeTime: number | undefined, row: CandleRow): void {
    for (const flow of stream.flows)
      if (flow.channel === 'candles') flow.candle(this.receivedAt, exchangeTime, row);
  }

  bookSnapshot(
    stream: WireStream,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    for (const flow of stream.flows)
      if (flow.channel === 'book') flow.bookSnapshot(this.receivedAt, exchangeTime, link, bids, asks);
  }

  bookUpdate(
    stream: WireStream,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    for (const flow of stream.flows)
      if (flow.channel === 'book') flow.bookUpdate(this.receivedAt, exchangeTime, link, bids, asks);
  }

  bookOrdersSnapshot(
    stream: WireStream,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    for (const flow of stream.flows)
      if (flow.channel === 'book') flow.bookOrdersSnapshot(this.receivedAt, exchangeTime, link, bids, asks);
  }

  bookOrdersUpdate(
    stream: WireStream,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookOrder[],
    asks: readonly BookOrder[],
  ): void {
    for (const flow of stream.flows)
      if (flow.channel === 'book') flow.bookOrdersUpdate(this.receivedAt, exchangeTime, link, bids, asks);
  }

  account(stream: WireStream, rows: readonly AccountRow[], isSnapshot: boolean): void {
    for (const flow of stream.flows) flow.account(this.receivedAt, rows, isSnapshot);
  }

  framesCountFrom(number: number): void {
    this.count.restart(number);
  }

  frameNumber(number: number): boolean {
    const { statistics } = this.targets;
    switch (this.count.judge(number)) {
      case 'follows':
        return true;
      case 'repeated':
        statistics.repeatedFrames++;
        return false;
      case 'missing':
        statistics.frameGaps++;
        return this.targets.missed(this.count.missing);
    }
  }

  reply(key: string, refusal?: Refusal): void {
    const wrong = this.targets.reply(key, refusal, this.text);
    if (wrong === undefined) return;
    this.targets.problem('unmatched', () => {
      const answer = `answer under ${JSON.stringify(excerpt(key, MAX_KEY_LENGTH))}`;
      return `${answer}: ${wrong}: ${frameExcerpt(this.frame, SAMPLE_BYTES)}`;
    });
  }

  pong(): void {
    this.targets.pong();
  }

  answer(frame: string): void {
    this.targets.answer(frame);
  }

  tokenLost(reason: string): void {
    this.targets.tokenLost(reason);
  }

  closing(reason: string): void {
    this.targets.closing(reason);
  }

  paused(reason: string): void {
    this.targets.paused(reason);
  }

  resumed(reason: string): void {
    this.targets.resumed(reason);
  }

  marketStatus(nativeSymbol: string, status: 'halted' | 'trading', reason: string, category?: string): void {
    const listed = { nativeSymbol, ...(category !== undefined && { category }) };
    this.targets.marketStatus(listed, status, reason);
  }

  ignored(name: string): void {
    this.targets.statistics.ignore(name);
  }

  unhandled(frame: Buffer): void {
    this.targets.statistics.unhandled++;
    this.targets.problem('unhandled', () => frameExcerpt(frame, SAMPLE_BYTES));
  }

  rejected(stream: WireStream | undefined, reason: string): void {
    this.targets.statistics.rejected++;
    for (const flow of stream?.flows ?? []) flow.rejected(reason);
    this.targets.problem('rejected', () => reason);
  }

  private fields<C extends FieldChannel>(
    channel: C,
    stream: WireStream,
    exchangeTime: number | undefined,
    row: FieldRows[C],
    isWhole: boolean,
  ): void {
    stream.known.add(channel, this.receivedAt, exchangeTime, row, isWhole);
    for (const flow of stream.flows)
      if (flow.channel === channel) flow.fields(channel, this.receivedAt, exchangeTime, row, isWhole);
  }

  /** Once, even when the session asks for the topic twice. */
  private giveRaw({ topic, rawFlows }: WireStream): void {
    this.rawGiven ??= new Set();
    if (this.rawGiven.has(topic)) return;
    this.rawGiven.add(topic);
    const json = this.text();
    for (const flow of rawFlows) flow.raw(this.receivedAt, topic, json);
  }

  /** A frame that the session could not read at all. */
  undecodable(frame: Buffer, error: unknown): void {
    this.targets.statistics.undecodable++;
    this.targets.problem('undecodable', () => {
      const problem = excerpt(messageOf(error), SAMPLE_BYTES);
      return `${problem}: ${frameExcerpt(frame, SAMPLE_BYTES)}`;
    });
  }
}
