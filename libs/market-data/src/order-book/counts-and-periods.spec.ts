import fc from 'fast-check';
import type { BookLevel } from '../event/book.ts';
import { OrderBook } from './order-book.ts';

const price = fc.integer({ min: 1, max: 90 }).map((ticks) => (ticks / 4).toFixed(2));
const amount = fc.constantFrom('0', '0.00', '1', '2.50', '3.75');
/** One that no double holds makes the side text. */
const anyAmount = fc.oneof({ weight: 50, arbitrary: amount }, fc.constant('0.1234567890123456789'));
const count = fc.option(fc.integer({ min: 1, max: 2 ** 32 - 1 }), { nil: undefined });
const counted = (of: fc.Arbitrary<string>): fc.Arbitrary<BookLevel> =>
  fc
    .tuple(price, of, count)
    .map(([at, size, orders]): BookLevel => (orders === undefined ? [at, size] : [at, size, orders]));
const fundingLevel = fc
  .tuple(price, amount, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 2, max: 6 }))
  .map(([at, of, orders, days]): BookLevel => [at, of, orders, days]);

/** The plainest side there is: the newest level of every price and period, sorted on reading. */
function naive(levels: readonly BookLevel[], direction: 1 | -1): BookLevel[] {
  const newest = new Map<string, BookLevel>();
  for (const level of levels) newest.set(`${level[0]} ${level[3]}`, level);
  return [...newest.values()]
    .filter((level) => Number(level[1]) !== 0)
    .sort((a, b) => (Number(a[0]) - Number(b[0])) * direction || (a[3] ?? 0) - (b[3] ?? 0));
}

describe('how many orders stand at a level', () => {
  test('is kept where it is told, and not invented where it is not', () => {
    const book = new OrderBook();
    book.applySnapshot(
      [
        ['10', '5', 3],
        ['9', '1'],
      ],
      [],
    );
    expect(book.bids()).toEqual([
      ['10', '5', 3],
      ['9', '1'],
    ]);
    expect([0, 1, 2].map((index) => book.side('bids').count(index))).toEqual([3, undefined, undefined]);
    book.applyUpdate([['10', '4']], []);
    expect(book.bestBid).toEqual(['10', '4']);
  });

  test('is kept while a book grows by updates', () => {
    const book = new OrderBook();
    const levels = Array.from({ length: 200 }, (_, row): BookLevel => [`${1000 - row}`, '1', row + 1]);
    for (const level of levels) book.applyUpdate([level], []);
    expect(book.bids()).toEqual(levels);
  });

  test.each([
    ['packed', counted(amount)],
    ['or text', counted(anyAmount)],
    ['of several periods at a rate', fundingLevel],
  ])('follows every level about, %s', (_, level) => {
    fc.assert(
      fc.property(
        fc.array(level, { maxLength: 40 }),
        fc.array(level, { maxLength: 200 }),
        fc.nat({ max: 40 }),
        (snapshot, updates, depth) => {
          const book = new OrderBook();
          book.applySnapshot(snapshot, snapshot);
          for (const each of updates) book.applyUpdate([each], [each]);
          const expected = {
            bids: naive([...snapshot, ...updates], -1),
            asks: naive([...snapshot, ...updates], 1),
          };
          expect({ bids: book.bids(), asks: book.asks() }).toEqual(expected);
          for (const side of ['bids', 'asks'] as const)
            expect(expected[side].map((_, index) => book.side(side).count(index))).toEqual(
              expected[side].map(([, , orders]) => orders),
            );
          const dropped = book.trim(depth);
          expect(book.bids()).toEqual(expected.bids.slice(0, depth));
          book.applySnapshot(expected.bids, expected.asks);
          book.applyUpdate(dropped.bids, dropped.asks);
          expect(book.asks()).toEqual(expected.asks.slice(0, depth));
        },
      ),
    );
  });
});

describe('a book of funding', () => {
  const book = new OrderBook();
  beforeEach(() =>
    book.applySnapshot(
      [
        ['0.0005', '100', 2, 30],
        ['0.0005', '50', 1, 2],
      ],
      [
        ['0.0004', '70', 1, 2],
        ['0.0004', '30', 1, 120],
        ['0.0006', '10', 1, 2],
      ],
    ),
  );

  test('knows its levels by rate and period, the shorter period first', () => {
    expect(book.bids()).toEqual([
      ['0.0005', '50', 1, 2],
      ['0.0005', '100', 2, 30],
    ]);
    book.applyUpdate([['0.00050', '0', 0, 2]], [['0.0004', '60', 3, 120]]);
    expect(book.bestBid).toEqual(['0.0005', '100', 2, 30]);
    expect(book.levelAt('0.0004', 120)).toEqual(['0.0004', '60', 3, 120]);
    expect(book.levelAt('0.0004')).toEqual(['0.0004', '70', 1, 2]);
    expect(book.levelAt('0.0004', 7)).toBeUndefined();
  });

  test('sums up what stands at a rate', () => {
    expect(book.depthAt('0.0004')).toBe(100);
    expect(book.volumeTo('asks', 0.0004)).toBe(100);
    expect(book.costOf('buy', { amount: 80 })).toMatchObject({ worstPrice: 0.0004, isFilled: true });
  });

  test('is not crossed where a bid of one period is above an offer of another', () => {
    expect(book.crossed).toBe(false);
  });
});
