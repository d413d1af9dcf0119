import type { Side } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';
import type { UnitsPerMs } from './binance.market-data.ts';
import type { PayloadKind } from './binance.topics.ts';

const STREAM = new Literal('{"stream":"');
const DATA = new Literal(',"data":{"');
const TRADE = new Literal('e":"trade"');
const BOOK_UPDATE = new Literal('e":"depthUpdate"');
const QUOTE = new Literal('u":');
const AGGREGATED_TRADE = new Literal('e":"aggTrade"');
const UPPER_E = new Literal(',"E":');
const LOWER_S_TEXT = new Literal(',"s":"');
const LOWER_T = new Literal(',"t":');
const LOWER_P_TEXT = new Literal(',"p":"');
const LOWER_Q_TEXT = new Literal(',"q":"');
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
const LOWER_B_LIST = new Literal(',"b":[');
const LOWER_A_LIST = new Literal(',"a":[');
const END = new Literal('}}');

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/**
 * Reads the frames of which there are a thousand for each other one: trades, quotes and book updates in the envelope of
 * combined streams, written as Binance writes them.
 *
 * Source: Binance Spot WebSocket Streams documentation, and recordings for the order of the fields.
 */
export class HotFrames<S extends Stream> {
  constructor(
    private readonly unitsPerMs: UnitsPerMs,
    private readonly kindOf: (topic: string) => PayloadKind | undefined,
  ) {}

  /**
   * Returns whether the frame was read. If not, nothing has been done with it: it is of another kind, of a topic that
   * nobody wants, or not written as expected, and then it is not judged here.
   */
  read(frame: Buffer, sink: Sink<S>): boolean {
    scanner.begin(frame);
    if (!scanner.skip(STREAM)) return false;
    const topic = scanner.word();
    scanner.expect(DATA);
    if (scanner.skip(TRADE)) return this.trade(topic, sink);
    if (scanner.skip(BOOK_UPDATE)) return this.bookUpdate(topic, sink);
    if (scanner.skip(QUOTE)) return this.quote(topic, sink);
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
    const time = this.tradeTime();
    const side = this.takerSide();
    const stream = this.streamOf(topic, 'trade', sink);
    if (stream === undefined) return false;
    sink.trade(stream, time, id, price, amount, side);
    return true;
  }

  private aggregatedTrade(topic: string, sink: Sink<S>): boolean {
    this.head();
    scanner.expect(LOWER_A);
    const id = scanner.digits();
    scanner.expect(LOWER_P_TEXT);
    const price = scanner.positiveDecimal();
    scanner.expect(LOWER_Q_TEXT);
    const amount = scanner.decimal();
    scanner.expect(LOWER_F);
    const firstId = scanner.digits();
    scanner.expect(LOWER_L);
    const lastId = scanner.digits();
    const time = this.tradeTime();
    const side = this.takerSide();
    const stream = this.streamOf(topic, 'aggTrade', sink);
    if (stream === undefined) return false;
    sink.trade(stream, time, id, price, amount, side, { firstId, lastId });
    return true;
  }

  private quote(topic: string, sink: Sink<S>): boolean {
    const sequence = scanner.integer();
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
    const stream = this.streamOf(topic, 'bookTicker', sink);
    if (stream === undefined) return false;
    sink.quote(stream, undefined, sequence, bid, bidAmount, ask, askAmount);
    return true;
  }

  private bookUpdate(topic: string, sink: Sink<S>): boolean {
    const time = this.head();
    scanner.expect(UPPER_U);
    const first = scanner.integer();
    scanner.expect(LOWER_U);
    const last = scanner.integer();
    scanner.expect(LOWER_B_LIST);
    const bids = scanner.levels();
    scanner.expect(LOWER_A_LIST);
    const asks = scanner.levels();
    const stream = first <= last ? this.streamOf(topic, 'depthUpdate', sink) : undefined;
    if (stream === undefined) return false;
    sink.bookUpdate(stream, time, { first, last }, bids, asks);
    return true;
  }

  /** What every event begins with. Returns its time. */
  private head(): number {
    scanner.expect(UPPER_E);
    const time = scanner.integer() / this.unitsPerMs;
    scanner.expect(LOWER_S_TEXT);
    scanner.skipWord();
    return time;
  }

  private tradeTime(): number {
    scanner.expect(UPPER_T);
    return scanner.integer() / this.unitsPerMs;
  }

  private takerSide(): Side {
    scanner.expect(LOWER_M);
    const isBuyerMaker = scanner.flag();
    scanner.expect(UPPER_M);
    scanner.flag();
    return isBuyerMaker ? 'sell' : 'buy';
  }

  /** The stream of the topic, once the frame was read to its end. */
  private streamOf(topic: string, kind: PayloadKind, sink: Sink<S>): S | undefined {
    scanner.expect(END);
    return scanner.isComplete && this.kindOf(topic) === kind ? sink.stream(topic) : undefined;
  }
}
