import {
  isZeroDecimal,
  MarketByOrderBook,
  type BookOrder,
  type BookOrdersSnapshotEvent,
  type BookOrdersUpdateEvent,
  type MarketEvent,
} from '@exchange-stream/market-data';
import { Merged } from './conflation.ts';

/** Changes of orders that wait at most, where there is no book that they could go into. */
const MAX_ROWS = 10_000;

/** Updates of a book by order that wait as one: an update that comes to the same, or a whole book. */
export abstract class MergedOrders extends Merged<MarketEvent> {
  protected constructor(protected newest: BookOrdersSnapshotEvent | BookOrdersUpdateEvent) {
    super();
  }

  static of(event: BookOrdersSnapshotEvent | BookOrdersUpdateEvent): MergedOrders {
    return event.type === 'book-orders-snapshot' ? new WholeOrders(event) : new ChangedOrders(event);
  }

  /** Takes one more; `undefined` when there are too many. */
  add(update: BookOrdersUpdateEvent): this | undefined {
    this.newest = update;
    return this.put(update) ? this : undefined;
  }

  protected abstract put(update: BookOrdersUpdateEvent): boolean;
}

class WholeOrders extends MergedOrders {
  private readonly book: MarketByOrderBook;

  constructor(private readonly base: BookOrdersSnapshotEvent) {
    super(base);
    this.book = new MarketByOrderBook(base.queue);
    this.book.applySnapshot(base.bids, base.asks);
  }

  protected put({ bids, asks }: BookOrdersUpdateEvent): boolean {
    this.book.applyUpdate(bids, asks);
    return true;
  }

  build(): BookOrdersSnapshotEvent {
    const { queue } = this.base;
    const [bids, asks] = [this.book.bidOrders(), this.book.askOrders()];
    return { ...this.newest, type: 'book-orders-snapshot', queue, bids, asks };
  }
}

class ChangedOrders extends MergedOrders {
  private readonly bids = new OrderRows();
  private readonly asks = new OrderRows();

  constructor(first: BookOrdersUpdateEvent) {
    super(first);
    this.put(first);
  }

  protected put({ bids, asks }: BookOrdersUpdateEvent): boolean {
    for (const order of bids) this.putOrder(this.bids, this.asks, order);
    for (const order of asks) this.putOrder(this.asks, this.bids, order);
    return this.bids.size + this.asks.size <= MAX_ROWS;
  }

  private putOrder(side: OrderRows, other: OrderRows, order: BookOrder): void {
    // Whatever place it had here before, it has lost by standing there.
    if (other.forget(order.id)) side.put({ ...order, amount: '0' });
    side.put(order);
  }

  build(): BookOrdersUpdateEvent {
    return { ...this.newest, type: 'book-orders-update', bids: this.bids.rows(), asks: this.asks.rows() };
  }
}

/**
 * Changes of one side, in the order in which they came, without those that make no difference: what an order was in
 * between says which place in its queue it has.
 */
class OrderRows {
  /** By the number of each. */
  private readonly kept = new Map<number, BookOrder>();
  /** Numbers of the rows of each order. */
  private readonly numbers = new Map<string, number[]>();
  private next = 0;

  get size(): number {
    return this.kept.size;
  }

  rows(): BookOrder[] {
    return [...this.kept.values()];
  }

  put(order: BookOrder): void {
    // Who is gone has no place to keep.
    if (isZeroDecimal(order.amount)) this.forget(order.id);
    const numbers = this.numbers.get(order.id) ?? [];
    const [last, lastButOne] = [numbers.at(-1), numbers.at(-2)].map((number) => this.kept.get(number ?? -1));
    const number =
      last && lastButOne && keepsPlace(lastButOne, last) && keepsPlace(last, order)
        ? numbers.at(-1)
        : undefined;
    if (number !== undefined) return void this.kept.set(number, order);
    this.kept.set(this.next, order);
    numbers.push(this.next++);
    this.numbers.set(order.id, numbers);
  }

  /** Drops what has become of an order. Returns whether there was anything. */
  forget(id: string): boolean {
    for (const number of this.numbers.get(id) ?? []) this.kept.delete(number);
    return this.numbers.delete(id);
  }
}

/** Whether an order has the place in its queue that it had before, whatever the rule of the queue. */
function keepsPlace(before: BookOrder, order: BookOrder): boolean {
  return (
    before.price === order.price &&
    before.time === order.time &&
    before.periodDays === order.periodDays &&
    Number(order.amount) <= Number(before.amount)
  );
}
