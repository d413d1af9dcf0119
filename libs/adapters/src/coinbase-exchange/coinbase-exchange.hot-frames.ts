import type { BookLevel } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import { FrameScanner, Literal } from '../decoder/frame-scanner.ts';

const UPDATE = new Literal('{"type":"l2update","product_id":"');
const CHANGES = new Literal(',"changes":[');
const BUY = new Literal('["buy","');
const SELL = new Literal('["sell","');
const BETWEEN = new Literal(',"');
const NEXT = new Literal('],');
const LAST = new Literal(']],"time":"');
const END = new Literal('}');
const MATCH = new Literal('{"type":"match","trade_id":');
const MAKER = new Literal(',"maker_order_id":"');
const TAKER = new Literal(',"taker_order_id":"');
const MAKER_BUYS = new Literal(',"side":"buy","size":"');
const MAKER_SELLS = new Literal(',"side":"sell","size":"');
const PRICE = new Literal(',"price":"');
const PRODUCT = new Literal(',"product_id":"');
const SEQUENCE = new Literal(',"sequence":');
const TIME = new Literal(',"time":"');

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/** Where the rows of a product go, by what they are. */
export interface StreamsOfProducts<S extends Stream> {
  book(product: string, sink: Sink<S>): S | undefined;
  trades(product: string, sink: Sink<S>): S | undefined;
}

/**
 * Reads the frames that come most: book updates and trades, written as the exchange writes them.
 *
 * Source: a recording of 2021, for the order of the fields.
 * @returns whether the frame was read. If not, nothing has been done with it: it is of another kind, or not written as
 * expected, and then it is not judged here
 */
export function readHotFrame<S extends Stream>(
  frame: Buffer,
  streams: StreamsOfProducts<S>,
  sink: Sink<S>,
): boolean {
  scanner.begin(frame);
  if (scanner.skip(UPDATE)) return bookUpdate(streams, sink);
  return scanner.skip(MATCH) && match(streams, sink);
}

function bookUpdate<S extends Stream>(streams: StreamsOfProducts<S>, sink: Sink<S>): boolean {
  const product = scanner.word();
  scanner.expect(CHANGES);
  const bids: BookLevel[] = [];
  const asks: BookLevel[] = [];
  do {
    const isBid = scanner.skip(BUY);
    if (!isBid && !scanner.skip(SELL)) return false;
    const price = scanner.positiveDecimal();
    scanner.expect(BETWEEN);
    (isBid ? bids : asks).push([price, scanner.decimal()]);
  } while (scanner.skip(NEXT));
  scanner.expect(LAST);
  const time = scanner.isoTime();
  scanner.expect(END);
  if (!scanner.isComplete) return false;
  const stream = streams.book(product, sink);
  if (stream === undefined) sink.ignored('unsubscribed topic');
  else sink.bookUpdate(stream, time, undefined, bids, asks);
  return true;
}

function match<S extends Stream>(streams: StreamsOfProducts<S>, sink: Sink<S>): boolean {
  const id = scanner.digits();
  scanner.expect(MAKER);
  scanner.skipWord();
  scanner.expect(TAKER);
  scanner.skipWord();
  // The taker's side is the other one.
  const isMakerBuying = scanner.skip(MAKER_BUYS);
  if (!isMakerBuying) scanner.expect(MAKER_SELLS);
  const amount = scanner.decimal();
  scanner.expect(PRICE);
  const price = scanner.positiveDecimal();
  scanner.expect(PRODUCT);
  const product = scanner.word();
  scanner.expect(SEQUENCE);
  scanner.integer();
  scanner.expect(TIME);
  const time = scanner.isoTime();
  scanner.expect(END);
  if (!scanner.isComplete) return false;
  const stream = streams.trades(product, sink);
  if (stream === undefined) sink.ignored('unsubscribed topic');
  else sink.trade(stream, time, id, price, amount, isMakerBuying ? 'sell' : 'buy');
  return true;
}
