import type { Side } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';
import type { RowForm } from './rows.ts';

const STREAM = new Literal('{"stream":"');
const DATA = new Literal(',"data":{"');
const TRADE = new Literal('e":"trade"');
const BOOK_UPDATE = new Literal('e":"depthUpdate"');
const QUOTE = new Literal('u":');
const NAMED_QUOTE = new Literal('e":"bookTicker","u":');
const AGGREGATED_TRADE = new Literal('e":"aggTrade"');
const UPPER_E = new Literal(',"E":');
const LOWER_S_TEXT = new Literal(',"s":"');
const LOWER_T = new Literal(',"t":');
const LOWER_P_TEXT = new Literal(',"p":"');
const LOWER_Q_TEXT = new Literal(',"q":"');
const NQ_TEXT = new Literal(',"nq":"');
const MARKET = new Literal(',"X":"MARKET"');
const UPPER_T = new Literal(',"T":');
const LOWER_M = new Literal(',"m":');
const UPPER_M = new Literal(',"M":');
const LOWER_A = new Literal(',"a":');
const LOWER_F = new Literal(',"f":');
const LOWER_L = new Literal(',"l":');
const LOWER_B_TEXT = new Literal(',"b":"');
const UPPER_B_TEXT = new Literal(',"B":"');
const LOWER_A_TEXT = new Literal(',"a":"');
const UPPER_A_TEXT = new Literal(',"A":"');
const UPPER_U = new Literal(',"U":');
const LOWER_U = new Literal(',"u":');
const PU = new Literal(',"pu":');
const LOWER_B_LIST = new Literal(',"b":[');
const LOWER_A_LIST = new Literal(',"a":[');
const PAIR_TEXT = new Literal(',"ps":"');
const SEGMENT = new Literal(',"st":');
const END = new Literal('}}');

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/**
 * Reads the frames of which there are a thousand for each other one: trades, quotes and book updates in the envelope of
 * combined streams, written as Binance writes them, of spot and of futures.
 *
 * Source: Binance WebSocket Streams documentation, and recordings for the order of the fields.
 */
export class HotFrames<S extends Stream> {
  private readonly unitsPerMs: number;
  private readonly segment: number | undefined;
  /** When the deal was made, or when the book was changed, where the frame says so at its beginning. */
  private madeAt = -1;
  private isOfOtherSegment = false;

  constructor(
    form: RowForm,
    private readonly kindOf: (topic: string) => string | undefined,
  ) {
    this.unitsPerMs = form.unitsPerMs;
    this.segment = form.segment;
  }

  /**
   * Returns whether the frame was read. If not, nothing has been done with it: it is of another kind, of a topic that
   * nobody wants, or not written as expected, and then it is not judged here.
   */
  read(frame: Buffer, sink: Sink<S>): boolean {
    scanner.begin(frame);
    if (!scanner.skip(STREAM)) return false;
    this.isOfOtherSegment = false;
    const topic = scanner.word();
    scanner.expect(DATA);
    if (scanner.skip(TRADE)) return this.trade(topic, sink);
    if (scanner.skip(BOOK_UPDATE)) return this.bookUpdate(topic, sink);
    if (scanner.skip(QUOTE) || scanner.skip(NAMED_QUOTE)) return this.quote(topic, sink);
    if (scanner.skip(AGGREGATED_TRADE)) return this.aggregatedTrade(topic, sink);
    return false;
  }

  private trade(topic: string, sink: Sink<S>): boolean {
    this.head();
    scanner.expect(LOWER_T);
    const id = scanner.digits();
    scanner.expect(LOWER_P_TEXT);
    const price = scanner.positiveDecimal();
    scanner.expect(LOWER_Q_TEXT);
    const amount = scanner.decimal();
    // Any other kind of deal is for those who know its name.
    const isNamed = scanner.skip(MARKET);
    const time = this.madeAt >= 0 ? this.madeAt : this.timeMade();
    const side = this.takerSide();
    if (!isNamed) scanner.skip(MARKET);
    const stream = this.streamOf(topic, 'trade', sink);
    if (stream === undefined) return false;
    sink.trade(stream, time, id, price, amount, side);
    return true;
  }

  private aggregatedTrade(topic: string, sink: Sink<S>): boolean {
    scanner.expect(UPPER_E);
    scanner.integer();
    let id = scanner.skip(LOWER_A) ? scanner.digits() : undefined;
    scanner.expect(LOWER_S_TEXT);
    scanner.skipWord();
    if (id === undefined) {
      scanner.expect(LOWER_A);
      id = scanner.digits();
    }
    scanner.expect(LOWER_P_TEXT);
    const price = scanner.positiveDecimal();
    scanner.expect(LOWER_Q_TEXT);
    const amount = scanner.decimal();
    if (scanner.skip(NQ_TEXT)) scanner.decimal();
    scanner.expect(LOWER_F);
    const firstId = scanner.digits();
    scanner.expect(LOWER_L);
    const lastId = scanner.digits();
    const time = this.timeMade();
    const side = this.takerSide();
    if (scanner.skip(NQ_TEXT)) scanner.decimal();
    const stream = this.streamOf(topic, 'aggTrade', sink);
    if (stream === undefined) return false;
    sink.trade(stream, time, id, price, amount, side, { firstId, lastId });
    return true;
  }

  private quote(topic: string, sink: Sink<S>): boolean {
    const sequence = scanner.integer();
    let time = scanner.skip(UPPER_E) ? scanner.integer() / this.unitsPerMs : undefined;
    if (scanner.skip(UPPER_T)) scanner.integer();
    scanner.expect(LOWER_S_TEXT);
    scanner.skipWord();
    scanner.expect(LOWER_B_TEXT);
    const bid = scanner.positiveDecimal();
    scanner.expect(UPPER_B_TEXT);
    const bidAmount = scanner.decimal();
    scanner.expect(LOWER_A_TEXT);
    const ask = scanner.positiveDecimal();
    scanner.expect(UPPER_A_TEXT);
    const askAmount = scanner.decimal();
    if (time === undefined && this.segment !== undefined) time = this.timeBehind();
    const stream = this.streamOf(topic, 'bookTicker', sink);
    if (stream === undefined) return false;
    sink.quote(stream, time, sequence, bid, bidAmount, ask, askAmount);
    return true;
  }

  private bookUpdate(topic: string, sink: Sink<S>): boolean {
    const time = this.head();
    if (this.segment !== undefined) this.origin();
    scanner.expect(UPPER_U);
    const first = scanner.integer();
    scanner.expect(LOWER_U);
    const last = scanner.integer();
    const previous = scanner.skip(PU) ? scanner.integer() : undefined;
    scanner.expect(LOWER_B_LIST);
    const bids = scanner.levels();
    scanner.expect(LOWER_A_LIST);
    const asks = scanner.levels();
    if (first > last || !this.isRead()) return false;
    const kind = this.kindOf(topic);
    if (kind !== 'depthUpdate' && kind !== 'wholeDepthUpdate') return false;
    const stream = sink.stream(topic);
    if (stream === undefined) return false;
    if (kind === 'wholeDepthUpdate') sink.bookSnapshot(stream, time, { last }, bids, asks);
    else if (previous === undefined) sink.bookUpdate(stream, time, { first, last }, bids, asks);
    else sink.bookUpdate(stream, time, { first, last, previous }, bids, asks);
    return true;
  }

  /** What most events begin with. Returns the time of the event. */
  private head(): number {
    scanner.expect(UPPER_E);
    const time = scanner.integer() / this.unitsPerMs;
    this.madeAt = scanner.skip(UPPER_T) ? scanner.integer() / this.unitsPerMs : -1;
    scanner.expect(LOWER_S_TEXT);
    scanner.skipWord();
    return time;
  }

  private timeMade(): number {
    scanner.expect(UPPER_T);
    return scanner.integer() / this.unitsPerMs;
  }

  /** Until 2021 a quote had its times at its end. */
  private timeBehind(): number | undefined {
    if (scanner.skip(UPPER_T)) scanner.integer();
    return scanner.skip(UPPER_E) ? scanner.integer() / this.unitsPerMs : undefined;
  }

  private takerSide(): Side {
    scanner.expect(LOWER_M);
    const isBuyerMaker = scanner.flag();
    if (scanner.skip(UPPER_M)) scanner.flag();
    return isBuyerMaker ? 'sell' : 'buy';
  }

  /** Steps over what says of which exchange of futures a row is, and of which pair. */
  private origin(): void {
    for (;;) {
      if (scanner.skip(SEGMENT)) {
        if (scanner.integer() !== this.segment) this.isOfOtherSegment = true;
      } else if (scanner.skip(PAIR_TEXT)) scanner.skipWord();
      else return;
    }
  }

  /** Whether the frame was read to its end, and is of this exchange. */
  private isRead(): boolean {
    if (this.segment !== undefined) this.origin();
    scanner.expect(END);
    return scanner.isComplete && !this.isOfOtherSegment;
  }

  /** The stream of the topic, once the frame was read to its end. */
  private streamOf(topic: string, kind: string, sink: Sink<S>): S | undefined {
    return this.isRead() && this.kindOf(topic) === kind ? sink.stream(topic) : undefined;
  }
}
