import fc from 'fast-check';
import { addDecimals } from '../decimal/decimal.ts';
import type { BookLevel, BookOrder, QueueRule } from '../event/book.ts';
import { MarketByOrderBook } from './market-by-order-book.ts';

/** More of them by `npm run test:deep`. */
const OPERATIONS = Number(process.env.BOOK_OPERATIONS ?? 100_000);

type SideName = 'bids' | 'asks';

/** The plainest book there is: all orders in a map, sorted on reading. */
class NaiveBook {
  private readonly orders = new Map<string, { order: BookOrder; side: SideName; place: number }>();
  private arrivals = 0;

  constructor(private readonly rule: QueueRule) {}

  set(side: SideName, order: BookOrder): void {
    const known = this.orders.get(order.id);
    if (Number(order.amount) === 0) return void this.orders.delete(order.id);
    const isThere = known?.side === side && Number(known.order.price) === Number(order.price);
    const keeps =
      this.rule === 'arrival'
        ? Number(order.amount) <= Number(known?.order.amount)
        : known?.order.time === order.time;
    const place = known && isThere && keeps ? known.place : this.arrivals++;
    this.orders.set(order.id, { order, side, place });
  }

  sorted(side: SideName): BookOrder[] {
    const direction = side === 'bids' ? -1 : 1;
    return [...this.orders.values()]
      .filter((each) => each.side === side)
      .sort((a, b) => {
        const byPrice = (Number(a.order.price) - Number(b.order.price)) * direction;
        if (byPrice !== 0) return byPrice;
        if (this.rule === 'id') return BigInt(a.order.id) < BigInt(b.order.id) ? -1 : 1;
        const byTime = this.rule === 'time' ? (a.order.time ?? 1e9) - (b.order.time ?? 1e9) : 0;
        return byTime || a.place - b.place;
      })
      .map(({ order }) => order);
  }
}

function levelsOf(orders: readonly BookOrder[]): BookLevel[] {
  const levels: [string, string, number][] = [];
  for (const { price, amount } of orders) {
    const last = levels.at(-1);
    if (last && Number(last[0]) === Number(price)) {
      last[1] = addDecimals(last[1], amount);
      last[2]++;
    } else {
      levels.push([price, amount, 1]);
    }
  }
  return levels;
}

const order = fc.record(
  {
    id: fc.integer({ min: 1, max: 25 }).map((id) => `${id ** 6}`),
    price: fc.integer({ min: 1, max: 12 }).map((ticks) => (ticks / 4).toFixed(2)),
    amount: fc.integer({ min: 0, max: 4 }).map((lots) => (lots / 8).toFixed(3)),
    time: fc.integer({ min: 0, max: 5 }),
  },
  { requiredKeys: ['id', 'price', 'amount'] },
);
const change = fc.tuple(fc.constantFrom<SideName>('bids', 'asks'), order);
const rules: QueueRule[] = ['id', 'time', 'arrival'];

describe('a book by order', () => {
  const book = new MarketByOrderBook('id');
  beforeEach(() =>
    book.applySnapshot(
      [
        { id: '9007199254740993123', price: '10.0', amount: '0.10' },
        { id: '77', price: '10.0', amount: '0.2' },
        { id: '78', price: '9.5', amount: '3', time: 5 },
      ],
      [{ id: '79', price: '11', amount: '1' }],
    ),
  );

  test('knows every order by its id, whose digits it keeps', () => {
    expect(book.size).toBe(4);
    expect(book.order('9007199254740993123')).toEqual({
      id: '9007199254740993123',
      price: '10.0',
      amount: '0.10',
    });
    expect(book.order('9007199254740993124')).toBeUndefined();
    expect(book.order('78')).toEqual({ id: '78', price: '9.5', amount: '3', time: 5 });
  });

  test('is read by price, with the orders at each', () => {
    expect(book.bids()).toEqual([
      ['10.0', '0.30', 2],
      ['9.5', '3', 1],
    ]);
    expect(book.bestAsk).toEqual(['11', '1', 1]);
    expect([book.mid, book.spread, book.depthAt('10'), book.crossed]).toEqual([
      10.5,
      1,
      expect.closeTo(0.3),
      false,
    ]);
    expect(book.costOf('sell', { amount: 1.3 })).toMatchObject({ worstPrice: 9.5, isFilled: true });
    expect(book.ordersAt('10').map(({ id }) => id)).toEqual(['77', '9007199254740993123']);
  });

  test('changes an order, moves it to another price and side, and removes it wherever it stands', () => {
    book.applyUpdate([{ id: '78', price: '9.5', amount: '1' }], []);
    expect(book.levelAt('9.5')).toEqual(['9.5', '1', 1]);
    book.applyUpdate([{ id: '78', price: '10', amount: '1' }], []);
    expect(book.bids()).toEqual([['10.0', '1.30', 3]]);
    book.applyUpdate([], [{ id: '78', price: '11.5', amount: '1' }]);
    expect(book.depth).toEqual({ bids: 1, asks: 2 });
    book.applyUpdate([{ id: '78', price: '0', amount: '0' }], []);
    expect(book.depth).toEqual({ bids: 1, asks: 1 });
    book.applyUpdate([{ id: 'unknown', price: '0', amount: '0' }], []);
    expect(book.size).toBe(3);
  });

  test('drops the orders behind so many prices, and says so as an update would', () => {
    expect(book.trim(1)).toEqual({ bids: [{ id: '78', price: '9.5', amount: '0' }], asks: [] });
    expect(book.order('78')).toBeUndefined();
    expect(book.bidOrders().map(({ id }) => id)).toEqual(['77', '9007199254740993123']);
  });

  test('is crossed like any other, but one of funding never is', () => {
    book.applyUpdate([{ id: '80', price: '11.0', amount: '1' }], []);
    expect(book.crossed).toBe(true);
    book.applySnapshot(
      [{ id: '1', price: '0.2', amount: '1', periodDays: 30 }],
      [{ id: '2', price: '0.1', amount: '1', periodDays: 2 }],
    );
    expect(book.crossed).toBe(false);
    expect(book.bidOrders()).toEqual([{ id: '1', price: '0.2', amount: '1', periodDays: 30 }]);
  });

  test.each(rules)('equals a naive book after any snapshot and any updates, queues by %s', (rule) => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 40 }),
        fc.array(change, { maxLength: 150 }),
        fc.nat({ max: 12 }),
        (snapshot, updates, depth) => {
          const book = new MarketByOrderBook(rule);
          const naive = new NaiveBook(rule);
          const of = (side: SideName): BookOrder[] =>
            snapshot.filter(([name]) => name === side).map(([, row]) => row);
          book.applySnapshot(of('bids'), of('asks'));
          for (const side of ['bids', 'asks'] as const) for (const row of of(side)) naive.set(side, row);
          for (const [side, row] of updates) {
            book.applyUpdate(side === 'bids' ? [row] : [], side === 'asks' ? [row] : []);
            naive.set(side, row);
          }
          const expected = { bids: naive.sorted('bids'), asks: naive.sorted('asks') };
          expect({ bids: book.bidOrders(), asks: book.askOrders() }).toEqual(expected);
          expect(book.bids().map(plain)).toEqual(levelsOf(expected.bids).map(plain));
          expect(book.asks().map(plain)).toEqual(levelsOf(expected.asks).map(plain));
          const dropped = book.trim(depth);
          const other = new MarketByOrderBook(rule);
          other.applySnapshot(expected.bids, expected.asks);
          other.applyUpdate(dropped.bids, dropped.asks);
          expect(other.bidOrders()).toEqual(book.bidOrders());
          expect(book.size).toBe(book.bidOrders().length + book.askOrders().length);
        },
      ),
    );
  });

  test('equals a naive book in a long life of thousands of orders', () => {
    const random = pseudoRandom(11);
    const book = new MarketByOrderBook('arrival');
    const naive = new NaiveBook('arrival');
    for (let operation = 1; operation <= OPERATIONS; operation++) {
      const side = random() < 0.5 ? 'bids' : 'asks';
      const ticks = Math.floor(1_000 * random() ** 4);
      const row: BookOrder = {
        id: `${9_007_199_254_740_993n + BigInt(Math.floor(random() * 20_000))}`,
        price: ((10_000 + (side === 'bids' ? -ticks : ticks)) / 100).toFixed(2),
        amount: random() < 0.45 ? '0' : (random() * 100).toFixed(3),
      };
      book.applyUpdate(side === 'bids' ? [row] : [], side === 'asks' ? [row] : []);
      naive.set(side, row);
      if (operation % (OPERATIONS / 10) !== 0) continue;
      expect(book.bidOrders()).toEqual(naive.sorted('bids'));
      expect(book.askOrders()).toEqual(naive.sorted('asks'));
    }
    expect(book.size).toBeGreaterThan(5_000);
  }, 120_000);
});

/** One price may be written in two ways, and which of them a level shows is of no account. */
function plain([price, amount, count]: BookLevel): unknown {
  return [Number(price), amount, count];
}

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
