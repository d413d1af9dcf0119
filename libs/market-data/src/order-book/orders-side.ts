import { compareDecimals } from '../decimal/decimal.ts';
import type { BookLevel, BookOrder, QueueRule } from '../event/book.ts';
import { OrderQueue } from './order-queue.ts';
import { SideReader } from './side-reader.ts';

/** The orders of one side, in queues by price; read by price, a level is the orders there together. */
export class OrdersSide extends SideReader {
  private readonly sign: 1 | -1;
  /** The worst first: changes are near the best price, so that is the cheap end to insert and remove at. */
  private queues: OrderQueue[] = [];

  constructor(
    side: 'bids' | 'asks',
    private readonly rule: QueueRule,
  ) {
    super(side);
    this.sign = side === 'bids' ? 1 : -1;
  }

  get size(): number {
    return this.queues.length;
  }

  price(index: number): number {
    return this.queue(index)?.value ?? NaN;
  }

  amount(index: number): number {
    return this.queue(index)?.amount ?? NaN;
  }

  count(index: number): number | undefined {
    return this.queue(index)?.orders.length;
  }

  level(index: number): BookLevel | undefined {
    return levelOf(this.queue(index));
  }

  find(price: string, period?: number): BookLevel | undefined {
    // What stands at a price is of all periods.
    return period === undefined ? levelOf(this.queueAt(price)) : undefined;
  }

  depthAt(price: string): number {
    return this.queueAt(price)?.amount ?? 0;
  }

  /** The orders at a level, the first in the queue first. */
  ordersOf(index: number): readonly BookOrder[] {
    return this.queue(index)?.orders ?? [];
  }

  /** The queue of a price; undefined where there is none. */
  queueAt(price: string): OrderQueue | undefined {
    const place = this.firstNotWorse(price, Number(price));
    return this.isAt(place, price) ? this.queues[place] : undefined;
  }

  /** Puts an order where it belongs, and returns the queue that it is in. */
  add(order: BookOrder): OrderQueue {
    const value = Number(order.price);
    const place = this.firstNotWorse(order.price, value);
    let queue = this.isAt(place, order.price) ? this.queues[place] : undefined;
    if (!queue) {
      queue = new OrderQueue(order.price, value, this.rule);
      this.queues.splice(place, 0, queue);
    }
    queue.add(order);
    return queue;
  }

  remove(order: BookOrder, queue: OrderQueue): void {
    queue.remove(order);
    if (queue.orders.length > 0) return;
    this.queues.splice(this.firstNotWorse(queue.price, queue.value), 1);
  }

  /** Drops all orders behind the best `levels` prices. Returns them, the worst first. */
  trim(levels: number): BookOrder[] {
    const beyond = this.queues.length - levels;
    return beyond <= 0 ? [] : this.queues.splice(0, beyond).flatMap(({ orders }) => orders);
  }

  clear(): void {
    this.queues = [];
  }

  private queue(index: number): OrderQueue | undefined {
    return this.queues[this.queues.length - 1 - index];
  }

  private isAt(place: number, price: string): boolean {
    const queue = this.queues[place];
    return queue !== undefined && compareDecimals(queue.price, price) === 0;
  }

  private firstNotWorse(price: string, value: number): number {
    let low = 0;
    let high = this.queues.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const queue = this.queues[middle];
      if (queue && this.isWorse(queue, price, value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isWorse(queue: OrderQueue, price: string, value: number): boolean {
    const difference = (queue.value - value) * this.sign;
    if (difference !== 0) return difference < 0;
    return queue.price !== price && compareDecimals(queue.price, price) * this.sign < 0;
  }
}

function levelOf(queue: OrderQueue | undefined): BookLevel | undefined {
  return queue && [queue.price, queue.exactAmount, queue.orders.length];
}
