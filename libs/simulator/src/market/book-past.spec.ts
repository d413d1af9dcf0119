import { OrderBook } from './order-book.ts';

/** Levels of both sides, best first. */
function levelsOf({ bids, asks }: Pick<OrderBook, 'bids' | 'asks'>): (number | undefined)[][] {
  return [bids, asks].map((side) =>
    Array.from({ length: side.length }, (_, rank) => [side.price(rank), side.amount(rank)]).flat(),
  );
}

test('a book is known at every number that it had, and as it stands', () => {
  const book = new OrderBook(100, () => undefined);
  const seen = new Map([[100, levelsOf(book)]]);
  for (const [ticks, lots] of [
    [10, 5],
    [11, 7],
    [10, 0],
    [11, 3],
    [9, 1],
  ] as const) {
    book.set('bid', ticks, lots);
    seen.set(book.lastUpdateId, levelsOf(book));
    book.set('ask', ticks + 10, lots + 1);
    seen.set(book.lastUpdateId, levelsOf(book));
  }
  for (const [updateId, levels] of seen) expect(levelsOf(book.at(updateId)!)).toEqual(levels);
  expect(levelsOf(book)).toEqual(seen.get(book.lastUpdateId));
  expect(book.at(99)).toBeUndefined();
  expect(book.at(book.lastUpdateId + 1)).toBeUndefined();
});

test('of a book that was counted anew the latest count goes first, and the one before is known too', () => {
  const book = new OrderBook(0, () => undefined);
  book.set('bid', 1, 1);
  book.set('bid', 2, 2);
  book.countAnew();
  book.set('bid', 3, 3);
  expect(levelsOf(book.at(1)!)[0]).toEqual([2, 2, 1, 1]);
  expect(levelsOf(book.at(2)!)[0]).toEqual([3, 3, 2, 2, 1, 1]);
  expect(levelsOf(book.at(0)!)[0]).toEqual([]);
});

test('what is too long ago is forgotten', () => {
  const book = new OrderBook(0, () => undefined);
  for (let change = 1; change <= 30_000; change++) book.set('bid', 1, change);
  expect(book.at(0)).toBeUndefined();
  expect(book.at(20_001)!.bids.amount(0)).toBe(20_001);
});
