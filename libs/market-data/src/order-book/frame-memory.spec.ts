import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BookLevel } from '../event/book.ts';
import { MarketByOrderBook } from './market-by-order-book.ts';
import { OrderBook } from './order-book.ts';

const MEGABYTE = 2 ** 20;
const FRAME_BYTES = 5 * MEGABYTE;
const LEVELS = 1_000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heldBytes(): number {
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Levels whose texts are slices of one frame, as a decoder cuts them out. */
function levelsOfFrame(amount: string): BookLevel[] {
  const rows = Array.from({ length: LEVELS }, (_, row) => `${(20_000 + row).toFixed(8)},${amount};`).join('');
  const frame = Buffer.from(rows.padEnd(FRAME_BYTES, '.')).toString('latin1');
  const levels: BookLevel[] = [];
  for (let from = 0; levels.length < LEVELS; from = frame.indexOf(';', from) + 1) {
    const middle = frame.indexOf(',', from);
    levels.push([frame.slice(from, middle), frame.slice(middle + 1, frame.indexOf(';', middle))]);
  }
  return levels;
}

/** A function of its own, as what it made on the way lives until it returns. */
function apply(book: OrderBook, amount: string): void {
  book.applySnapshot([], levelsOfFrame(amount));
  book.applyUpdate([], levelsOfFrame(amount).slice(0, 10));
}

function applyOrders(book: MarketByOrderBook): void {
  const rows = levelsOfFrame('9007199254740993123');
  book.applySnapshot(
    [],
    rows.map(([id, amount]) => ({ id, price: amount, amount: id })),
  );
}

describe('a book', () => {
  test.each([
    ['packed', '1.00000000'],
    ['as text', '0.1234567890123456789'],
  ])('keeps nothing alive of the frame that its levels came in, %s', (_, amount) => {
    const book = new OrderBook();
    const before = heldBytes();
    apply(book, amount);
    expect(heldBytes() - before).toBeLessThan(MEGABYTE);
    expect(book.bestAsk).toEqual(['20000.00000000', amount]);
    expect(book.depth.asks).toBe(LEVELS);
  });

  test('by order keeps nothing alive of the frame that its orders came in', () => {
    const book = new MarketByOrderBook();
    const before = heldBytes();
    applyOrders(book);
    expect(heldBytes() - before).toBeLessThan(MEGABYTE);
    expect(book.size).toBe(LEVELS);
  });
});
