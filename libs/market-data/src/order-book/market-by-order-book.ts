import { isZeroDecimal } from '../decimal/decimal.ts';
import type { BookOrder, QueueRule } from '../event/book.ts';
import { BookReader } from './book-reader.ts';
import { flatText } from './flat-text.ts';
import type { OrderQueue } from './order-queue.ts';
import { OrdersSide } from './orders-side.ts';

interface RestingOrder {
  order: BookOrder;
  side: OrdersSide;
  queue: OrderQueue;
}

/**
 * An order book by order: each order by its id, in the queue of its price. Read as a book by price, a level is the orders
 * at that price together. Text comes out as it came in.
 */
export class MarketByOrderBook extends BookReader {
  protected readonly bidSide: OrdersSide;
  protected readonly askSide: OrdersSide;
  private readonly orders = new Map<string, RestingOrder>();

  /** @param queue who is first of those at one price */
  constructor(queue: QueueRule = 'arrival') {
    super();
    this.bidSide = new OrdersSide('bids', queue);
    this.askSide = new OrdersSide('asks', queue);
  }

  /** Replaces the whole book. Of two orders with the same id the last counts, and none of zero amount. */
  applySnapshot(bids: readonly BookOrder[], asks: readonly BookOrder[]): void {
    this.clear();
    this.applyUpdate(bids, asks);
  }

  /**
   * Applies changed orders: each replaces the one of its id, on whichever side that stood, and zero removes it. Removing an
   * unknown order is no error.
   */
  applyUpdate(bids: readonly BookOrder[], asks: readonly BookOrder[]): void {
    for (const order of bids) this.set(this.bidSide, order);
    for (const order of asks) this.set(this.askSide, order);
  }

  /**
   * Drops the orders behind the best `depth` prices of each side, as an exchange does that streams only so many. Returns
   * the update that says so.
   */
  trim(depth: number): { readonly bids: readonly BookOrder[]; readonly asks: readonly BookOrder[] } {
    return { bids: this.trimSide(this.bidSide, depth), asks: this.trimSide(this.askSide, depth) };
  }

  clear(): void {
    this.orders.clear();
    this.bidSide.clear();
    this.askSide.clear();
  }

  /** Number of orders on both sides. */
  get size(): number {
    return this.orders.size;
  }

  /** The order of an id. */
  order(id: string): BookOrder | undefined {
    return this.orders.get(id)?.order;
  }

  /** The orders at a price, on whichever side, the first in the queue first. */
  ordersAt(price: string): readonly BookOrder[] {
    return [...((this.bidSide.queueAt(price) ?? this.askSide.queueAt(price))?.orders ?? [])];
  }

  /** The bids of the best `levels` prices, order by order, the best and of one price the first in the queue first. */
  bidOrders(levels?: number): BookOrder[] {
    return ordersOf(this.bidSide, levels);
  }

  /** The asks of the best `levels` prices, as `bidOrders` does. */
  askOrders(levels?: number): BookOrder[] {
    return ordersOf(this.askSide, levels);
  }

  override get crossed(): boolean {
    // An offer of funding does not meet a bid of another period.
    return super.crossed && this.bidSide.ordersOf(0)[0]?.periodDays === undefined;
  }

  private set(side: OrdersSide, row: BookOrder): void {
    const known = this.orders.get(row.id);
    if (isZeroDecimal(row.amount)) {
      if (!known) return;
      known.side.remove(known.order, known.queue);
      this.orders.delete(row.id);
      return;
    }
    const order = owned(row);
    if (!known) {
      this.orders.set(order.id, { order, side, queue: side.add(order) });
      return;
    }
    const queue = side.queueAt(order.price);
    // The queue is of that side and that price, so neither has changed.
    if (queue === known.queue) {
      queue.replace(known.order, order);
    } else {
      known.side.remove(known.order, known.queue);
      known.side = side;
      known.queue = side.add(order);
    }
    known.order = order;
  }

  private trimSide(side: OrdersSide, depth: number): readonly BookOrder[] {
    return side.trim(depth).map(({ id, price }) => {
      this.orders.delete(id);
      return { id, price, amount: '0' };
    });
  }
}

function ordersOf(side: OrdersSide, levels: number = side.size): BookOrder[] {
  const orders: BookOrder[] = [];
  for (let index = 0; index < levels && index < side.size; index++) orders.push(...side.ordersOf(index));
  return orders;
}

/** An order that keeps nothing of a frame alive, and that nobody else holds. */
function owned({ id, price, amount, time, periodDays }: BookOrder): BookOrder {
  return {
    id: flatText(id),
    price: flatText(price),
    amount: flatText(amount),
    ...(time === undefined ? undefined : { time }),
    ...(periodDays === undefined ? undefined : { periodDays }),
  };
}
