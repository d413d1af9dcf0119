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

/** One for all connections: a frame is read in one go. */
const scanner = new FrameScanner();

/**
 * Reads the frames that come most: book updates, written as the exchange writes them.
 *
 * Source: a recording of 2021, for the order of the fields.
 * @param find finds the stream of a product's book
 * @returns whether the frame was read. If not, nothing has been done with it: it is of another kind, or not written as
 * expected, and then it is not judged here
 */
export function readHotFrame<S extends Stream>(
  frame: Buffer,
  find: (product: string) => S | undefined,
  sink: Sink<S>,
): boolean {
  scanner.begin(frame);
  if (!scanner.skip(UPDATE)) return false;
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
  const stream = find(product);
  if (stream === undefined) sink.ignored('unsubscribed topic');
  else sink.bookUpdate(stream, time, undefined, bids, asks);
  return true;
}
