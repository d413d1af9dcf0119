import {
  MarketByOrderBook,
  type BookOrder,
  type BookOrdersSnapshotEvent,
  type BookOrdersUpdateEvent,
  type MarketEvent,
} from '@exchange-stream/market-data';
import { Merged } from './conflation.ts';

/** Changed orders that wait at most, where there is no book that they could go into. */
const MAX_ORDERS = 10_000;

/** Updates of a book by order that wait as one: an update with the newest state of every order, or a whole book. */
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
  /** By id, which is of the side that it was told of last. The newest stands last. */
  private readonly bids = new Map<string, BookOrder>();
  private readonly asks = new Map<string, BookOrder>();

  constructor(first: BookOrdersUpdateEvent) {
    super(first);
    this.put(first);
  }

  protected put({ bids, asks }: BookOrdersUpdateEvent): boolean {
    for (const order of bids) this.putOrder(this.bids, order);
    for (const order of asks) this.putOrder(this.asks, order);
    return this.bids.size + this.asks.size <= MAX_ORDERS;
  }

  private putOrder(side: Map<string, BookOrder>, order: BookOrder): void {
    this.bids.delete(order.id);
    this.asks.delete(order.id);
    side.set(order.id, order);
  }

  build(): BookOrdersUpdateEvent {
    return {
      ...this.newest,
      type: 'book-orders-update',
      bids: [...this.bids.values()],
      asks: [...this.asks.values()],
    };
  }
}
