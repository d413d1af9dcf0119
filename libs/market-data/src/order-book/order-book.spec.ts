import fc from 'fast-check';
import type { BookLevel } from '../event/book.ts';
import { OrderBook } from './order-book.ts';

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
});
