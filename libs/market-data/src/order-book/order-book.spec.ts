import fc from 'fast-check';
import type { BookLevel } from '../event/book.ts';
import { OrderBook } from './order-book.ts';

/** More of them by `npm run test:deep`. */
const OPERATIONS = Number(process.env.BOOK_OPERATIONS ?? 100_000);

/** The plainest book there is: all levels in a list, sorted on reading. */
class NaiveSide {
  private levels = new Map<number, BookLevel>();

  set(level: BookLevel): void {
    if (Number(level[1]) === 0) this.levels.delete(Number(level[0]));
    else this.levels.set(Number(level[0]), level);
  }

  sorted(direction: 1 | -1): BookLevel[] {
    return [...this.levels.values()].sort((a, b) => (Number(a[0]) - Number(b[0])) * direction);
  }
}

const price = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 2, max: 4 }))
  .map(([ticks, places]) => (ticks / 4).toFixed(places));
const amount = fc.integer({ min: 0, max: 5 }).map((lots) => (lots / 8).toFixed(8));
const level = fc.tuple(price, amount);

describe('an order book', () => {
  test('keeps the exact text of what the exchange sent', () => {
    const book = new OrderBook();
    book.applySnapshot([['65000.10000000', '0.50000000']], [['65000.20000000', '1.00000000']]);
    expect(book.bestBid).toEqual(['65000.10000000', '0.50000000']);
    book.applyUpdate([['65000.10', '0.7']], []);
    expect(book.bids()).toEqual([['65000.10', '0.7']]);
  });

  test('sorts by number, not by text', () => {
    const book = new OrderBook();
    book.applySnapshot(
      [
        ['9.5', '1'],
        ['10.5', '1'],
        ['100', '1'],
      ],
      [
        ['200', '1'],
        ['1000', '1'],
        ['300.5', '1'],
      ],
    );
    expect(book.bids().map(([price]) => price)).toEqual(['100', '10.5', '9.5']);
    expect(book.asks().map(([price]) => price)).toEqual(['200', '300.5', '1000']);
  });

  test('tells apart prices that are one and the same double', () => {
    const book = new OrderBook();
    book.applySnapshot(
      [],
      [
        ['0.12345678901234567891', '1'],
        ['0.12345678901234567892', '2'],
      ],
    );
    expect(book.asks().map(([, amount]) => amount)).toEqual(['1', '2']);
  });

  test('ignores the removal of a level that it does not know', () => {
    const book = new OrderBook();
    book.applyUpdate([['1', '0.000']], []);
    expect(book.depth).toEqual({ bids: 0, asks: 0 });
  });

  test('is crossed when the best bid reaches the best ask', () => {
    const book = new OrderBook();
    book.applySnapshot([['10', '1']], [['10.5', '1']]);
    expect(book.crossed).toBe(false);
    book.applyUpdate([['10.50', '1']], []);
    expect(book.crossed).toBe(true);
  });

  test('gives the best levels only, when asked for a number', () => {
    const book = new OrderBook();
    book.applySnapshot(
      [
        ['3', '1'],
        ['2', '1'],
        ['1', '1'],
      ],
      [],
    );
    expect(book.bids(2)).toEqual([
      ['3', '1'],
      ['2', '1'],
    ]);
  });

  test('takes the last of two levels with one price in a snapshot, and none whose last amount is zero', () => {
    const book = new OrderBook();
    book.applySnapshot(
      [
        ['10', '1'],
        ['10.0', '2'],
        ['9', '3'],
        ['9', '0'],
      ],
      [],
    );
    expect(book.bids()).toEqual([['10.0', '2']]);
  });

  test('holds what no double can, from the level on that needs it, until the next snapshot', () => {
    const book = new OrderBook();
    book.applySnapshot([['10', '1']], []);
    book.applyUpdate(
      [
        ['9', '0.1234567890123456789'],
        ['8', '7e-7'],
      ],
      [],
    );
    const held = [
      ['10', '1'],
      ['9', '0.1234567890123456789'],
      ['8', '7e-7'],
    ];
    expect(book.bids()).toEqual(held);
    expect(book.levelAt('9.0')).toEqual(held[1]);
    book.applySnapshot([['5', '1']], []);
    book.applyUpdate([['5', '0']], []);
    expect(book.depth).toEqual({ bids: 0, asks: 0 });
  });

  test.each([
    ['packed', '1'],
    ['as text', '0.1234567890123456789'],
  ])('drops what stands behind so many levels, %s', (_, amount) => {
    const book = new OrderBook();
    const levels = (...prices: string[]): BookLevel[] => prices.map((price) => [price, amount]);
    book.applySnapshot(levels('10', '9', '8', '7'), levels('11', '12.0', '13'));
    const removals = (...prices: string[]): BookLevel[] => prices.map((price) => [price, '0']);
    expect(book.trim(2)).toEqual({ bids: removals('7', '8'), asks: removals('13') });
    expect(book.bids()).toEqual(levels('10', '9'));
    expect(book.asks()).toEqual(levels('11', '12.0'));
    expect(book.trim(2)).toEqual({ bids: [], asks: [] });
    expect(book.trim(0)).toEqual({ bids: removals('9', '10'), asks: removals('12.0', '11') });
    expect(book.depth).toEqual({ bids: 0, asks: 0 });
  });

  test('finds the level of a price, however that is written', () => {
    const book = new OrderBook();
    book.applySnapshot([['10', '1']], [['10.50', '2']]);
    expect(book.levelAt('10.5')).toEqual(['10.50', '2']);
    expect(book.levelAt('10.00')).toEqual(['10', '1']);
    expect(book.levelAt('11')).toBeUndefined();
    expect(book.levelAt('nonsense')).toBeUndefined();
  });

  test('writes its best levels into an array, as many as fit', () => {
    const book = new OrderBook();
    book.applySnapshot(
      [
        ['10', '1'],
        ['9.5', '2'],
      ],
      [['11', '0.5']],
    );
    const array = new Float64Array(3);
    expect(book.readBids(array)).toBe(1);
    expect([...array]).toEqual([10, 1, 0]);
    expect(book.readAsks(new Float64Array(10))).toBe(1);
  });

  describe('figures', () => {
    const book = new OrderBook();
    beforeEach(() =>
      book.applySnapshot(
        [
          ['100', '3'],
          ['99', '1'],
        ],
        [
          ['101', '1'],
          ['102', '2'],
          ['104', '4'],
        ],
      ),
    );

    test('of a book with both sides', () => {
      expect(book.mid).toBe(100.5);
      expect(book.spread).toBe(1);
      expect(book.imbalance()).toBe(0.5);
      expect(book.imbalance(2)).toBeCloseTo(1 / 7);
      expect(book.volumeTo('asks', 102)).toBe(3);
      expect(book.volumeTo('asks', 103.9)).toBe(3);
      expect(book.volumeTo('bids', 99)).toBe(4);
      expect(book.volumeTo('bids', 101)).toBe(0);
    });

    test('of a book that lacks a side', () => {
      book.applyUpdate(
        [],
        [
          ['101', '0'],
          ['102', '0'],
          ['104', '0'],
        ],
      );
      expect([book.mid, book.spread, book.imbalance()]).toEqual([NaN, NaN, 1]);
      expect(book.crossed).toBe(false);
      book.clear();
      expect(book.imbalance()).toBeNaN();
    });

    test('of what taking an amount comes to', () => {
      const { slippage, ...cost } = book.costOf('buy', { amount: 2 });
      expect(cost).toEqual({
        amount: 2,
        notional: 203,
        averagePrice: 101.5,
        worstPrice: 102,
        isFilled: true,
      });
      expect(slippage).toBeCloseTo(0.5 / 101);
      expect(book.costOf('sell', { amount: 4 })).toMatchObject({
        notional: 399,
        worstPrice: 99,
        isFilled: true,
      });
    });

    test('of what taking for a sum comes to', () => {
      expect(book.costOf('buy', { notional: 305 })).toMatchObject({
        amount: 3,
        notional: 305,
        worstPrice: 102,
        isFilled: true,
      });
      expect(book.costOf('sell', { notional: 150 })).toMatchObject({ amount: 1.5, averagePrice: 100 });
    });

    test('of a sum that no double divides, without a rest', () => {
      book.applySnapshot([], [['49', '5']]);
      expect(book.costOf('buy', { notional: 1 })).toMatchObject({ isFilled: true });
    });

    test('of what the book cannot fill', () => {
      expect(book.costOf('buy', { amount: 8 })).toMatchObject({
        amount: 7,
        worstPrice: 104,
        isFilled: false,
      });
      book.clear();
      expect(book.costOf('buy', { amount: 1 })).toEqual({
        amount: 0,
        notional: 0,
        averagePrice: NaN,
        worstPrice: NaN,
        slippage: NaN,
        isFilled: false,
      });
    });

    test.each([0, -1, NaN])('are not made of a size of %d', (size) => {
      expect(() => book.costOf('buy', { amount: size })).toThrow(
        `amount: got ${size}. Allowed: a number above 0.`,
      );
      expect(() => book.costOf('buy', { notional: size })).toThrow('notional: got');
    });
  });

  test('equals a naive book after any snapshot and any updates', () => {
    fc.assert(
      fc.property(
        fc.array(level, { maxLength: 40 }),
        fc.array(fc.tuple(fc.boolean(), level), { maxLength: 200 }),
        (snapshot, updates) => {
          const book = new OrderBook();
          const naive = { bids: new NaiveSide(), asks: new NaiveSide() };
          book.applySnapshot(snapshot, snapshot);
          for (const each of snapshot) {
            naive.bids.set(each);
            naive.asks.set(each);
          }
          for (const [bid, each] of updates) {
            book.applyUpdate(bid ? [each] : [], bid ? [] : [each]);
            naive[bid ? 'bids' : 'asks'].set(each);
          }
          expect(book.bids()).toEqual(naive.bids.sorted(-1));
          expect(book.asks()).toEqual(naive.asks.sorted(1));
        },
      ),
    );
  });

  test('equals a naive book in a long life of thousands of levels', () => {
    const random = pseudoRandom(7);
    const book = new OrderBook();
    const naive = { bids: new NaiveSide(), asks: new NaiveSide() };
    for (let operation = 1; operation <= OPERATIONS; operation++) {
      const isBid = random() < 0.5;
      // Most changes are near the best price, some anywhere.
      const ticks = Math.floor(5_000 * (random() < 0.8 ? random() ** 8 : random()));
      const price = ((10_000 + (isBid ? -ticks : ticks)) / 100).toFixed(random() < 0.5 ? 2 : 4);
      const amount = random() < 0.4 ? '0' : (random() * 100).toFixed(3);
      const change: BookLevel[] = [[price, amount]];
      book.applyUpdate(isBid ? change : [], isBid ? [] : change);
      naive[isBid ? 'bids' : 'asks'].set([price, amount]);
      if (operation % (OPERATIONS / 20) !== 0) continue;
      expect(book.bids()).toEqual(naive.bids.sorted(-1));
      expect(book.asks()).toEqual(naive.asks.sorted(1));
    }
    expect(book.depth.bids).toBeGreaterThan(1_000);
  });
});

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
