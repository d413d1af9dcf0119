import {
  MarketByOrderBook,
  type BookOrder,
  type BookOrdersUpdateEvent,
  type QueueRule,
} from '@exchange-stream/market-data';
import fc from 'fast-check';
import { MergedOrders } from './merged-orders.ts';

const order = fc.record({
  id: fc.constantFrom('1', '2', '3', '4', '5'),
  price: fc.constantFrom('10', '11'),
  amount: fc.constantFrom('0', '1', '2', '3'),
  time: fc.constantFrom(1, 2, 3),
});
const update = fc.record({
  bids: fc.array(order, { maxLength: 3 }),
  asks: fc.array(order, { maxLength: 2 }),
});

describe('updates of a book by order that wait as one', () => {
  test.each<QueueRule>(['id', 'time', 'arrival'])(
    'come to the same book as one by one, every order in its place, with queues by %s',
    (queue) => {
      fc.assert(
        fc.property(
          fc.array(order, { maxLength: 6 }),
          fc.array(update, { minLength: 1, maxLength: 8 }),
          (base, updates) => {
            const [oneByOne, atOnce] = [bookOf(queue, base), bookOf(queue, base)];
            for (const { bids, asks } of updates) oneByOne.applyUpdate(bids, asks);
            const [first, ...others] = updates.map(eventOf);
            if (!first) return;
            let merged: MergedOrders | undefined = MergedOrders.of(first);
            for (const event of others) merged = merged?.add(event);
            const built = merged?.build();
            if (built?.type !== 'book-orders-update') throw new Error('they do not come to an update');
            atOnce.applyUpdate(built.bids, built.asks);
            expect(atOnce.bidOrders()).toEqual(oneByOne.bidOrders());
            expect(atOnce.askOrders()).toEqual(oneByOne.askOrders());
          },
        ),
        { numRuns: 500, seed: 42 },
      );
    },
  );
});

function bookOf(queue: QueueRule, orders: readonly BookOrder[]): MarketByOrderBook {
  const book = new MarketByOrderBook(queue);
  book.applySnapshot(orders, []);
  return book;
}

function eventOf({ bids, asks }: Pick<BookOrdersUpdateEvent, 'bids' | 'asks'>): BookOrdersUpdateEvent {
  return {
    type: 'book-orders-update',
    exchange: 'fake',
    symbol: 'BTC/USDT',
    nativeSymbol: 'BTCUSDT',
    receivedAt: 0,
    bids,
    asks,
  };
}
