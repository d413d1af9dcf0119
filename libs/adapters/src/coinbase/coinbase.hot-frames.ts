import type { BookLevel } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';
import { FIRST_TIME } from './coinbase.fields.ts';
import { partsOf } from './coinbase.topics.ts';

const BOOK = new Literal('{"channel":"l2_data","timestamp":"');
const TRADES = new Literal('{"channel":"market_trades","timestamp":"');
const NUMBER = new Literal(',"sequence_num":');
const BOOK_UPDATE = new Literal(',"events":[{"type":"update","product_id":"');
const UPDATES = new Literal(',"updates":[');
const BID = new Literal('{"side":"bid","event_time":"');
const OFFER = new Literal('{"side":"offer","event_time":"');
const PRICE_LEVEL = new Literal(',"price_level":"');
const QUANTITY = new Literal(',"new_quantity":"');
const NEXT = new Literal('},');
const LEVELS_END = new Literal('}]}]}');
const TRADE_UPDATE = new Literal(',"events":[{"type":"update","trades":[{"product_id":"');
const TRADE_ID = new Literal(',"trade_id":"');
const PRICE = new Literal('","price":"');
const SIZE = new Literal(',"size":"');
const TIME = new Literal(',"time":"');
const BUY = new Literal(',"side":"BUY"}]}]}');
const SELL = new Literal(',"side":"SELL"}]}]}');

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/**
 * Reads the frames that come most: book updates and single trades, written as Coinbase writes them.
 *
 * Source: a recording of 2026-08-09, for the order of the fields.
 */
export class HotFrames<S extends Stream> {
  /** Topics by product, so that none is put together for a frame. */
  private readonly books = new Map<string, string>();
  private readonly trades = new Map<string, string>();

  /** @param follows takes the number of a frame, and tells whether it is to be read */
  constructor(private readonly follows: (number: number, sink: Sink<S>) => boolean) {}

  /** Frames of the topic may be read here, if it is of a kind that is. */
  want(topic: string): void {
    const { channel, product } = partsOf(topic) ?? {};
    if (product !== undefined) this.of(channel)?.set(product, topic);
  }

  leave(topic: string): void {
    const { channel, product } = partsOf(topic) ?? {};
    if (product !== undefined) this.of(channel)?.delete(product);
  }

  /**
   * Returns whether the frame was read. If not, nothing has been done with it: it is of another kind, of a topic that
   * nobody wants, or not written as expected, and then it is not judged here.
   */
  read(frame: Buffer, sink: Sink<S>): boolean {
    scanner.begin(frame);
    if (scanner.skip(BOOK)) return this.bookUpdate(sink);
    return scanner.skip(TRADES) && this.trade(sink);
  }

  private bookUpdate(sink: Sink<S>): boolean {
    const sentAt = scanner.isoTime();
    scanner.expect(NUMBER);
    const number = scanner.integer();
    scanner.expect(BOOK_UPDATE);
    const topic = this.books.get(scanner.word());
    if (topic === undefined) return false;
    scanner.expect(UPDATES);
    const bids: BookLevel[] = [];
    const asks: BookLevel[] = [];
    let time = 0;
    do {
      const isBid = scanner.skip(BID);
      if (!isBid && !scanner.skip(OFFER)) return false;
      // One change of the market, and so one time.
      if (time === 0) time = scanner.isoTime();
      else scanner.skipWord();
      scanner.expect(PRICE_LEVEL);
      const price = scanner.positiveDecimal();
      scanner.expect(QUANTITY);
      const amount = scanner.decimal();
      (isBid ? bids : asks).push([price, amount]);
    } while (scanner.skip(NEXT));
    scanner.expect(LEVELS_END);
    if (!scanner.isComplete) return false;
    if (!this.follows(number, sink)) return true;
    const stream = sink.stream(topic);
    if (stream === undefined) sink.ignored('unsubscribed topic');
    else sink.bookUpdate(stream, time < FIRST_TIME ? sentAt : time, undefined, bids, asks);
    return true;
  }

  private trade(sink: Sink<S>): boolean {
    scanner.isoTime();
    scanner.expect(NUMBER);
    const number = scanner.integer();
    scanner.expect(TRADE_UPDATE);
    const topic = this.trades.get(scanner.word());
    if (topic === undefined) return false;
    scanner.expect(TRADE_ID);
    const id = scanner.digits();
    scanner.expect(PRICE);
    const price = scanner.positiveDecimal();
    scanner.expect(SIZE);
    const amount = scanner.decimal();
    scanner.expect(TIME);
    const time = scanner.isoTime();
    // The maker's: the taker's is the other one.
    const isMakerBuying = scanner.skip(BUY);
    if (!isMakerBuying) scanner.expect(SELL);
    if (!scanner.isComplete) return false;
    if (!this.follows(number, sink)) return true;
    const stream = sink.stream(topic);
    if (stream === undefined) sink.ignored('unsubscribed topic');
    else sink.trade(stream, time, id, price, amount, isMakerBuying ? 'sell' : 'buy');
    return true;
  }

  private of(channel: string | undefined): Map<string, string> | undefined {
    if (channel === 'level2') return this.books;
    return channel === 'market_trades' ? this.trades : undefined;
  }
}
