import type { Side } from '../market/book-side.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';

/** One resting order. */
export interface RestingOrder {
  readonly id: number;
  readonly ticks: number;
  readonly lots: number;
}

const FIRST_ID = 246_000_000_001;

/**
 * The orders of which the levels of a book are made. The market knows levels only: what is added to a level is a new order,
 * and what is taken from one is taken from its oldest.
 */
export class BitfinexOrders {
  private readonly levels: Record<Side, Map<number, RestingOrder[]>> = { bid: new Map(), ask: new Map() };
  private nextId = FIRST_ID;

  constructor(private readonly market: InstrumentMarket) {
    for (const side of ['bid', 'ask'] as const) {
      const levels = market.book.side(side);
      for (let rank = 0; rank < levels.length; rank++)
        this.set(side, levels.price(rank) ?? 0, levels.amount(rank));
    }
  }

  changed({ side, ticks, lots }: BookChange): void {
    this.set(side, ticks, lots);
  }

  /** The best orders of a side; at one price the oldest first. */
  best(side: Side, count: number): readonly RestingOrder[] {
    const levels = this.market.book.side(side);
    const orders: RestingOrder[] = [];
    for (let rank = 0; rank < levels.length && orders.length < count; rank++)
      orders.push(...(this.levels[side].get(levels.price(rank) ?? 0) ?? []));
    return orders.slice(0, count);
  }

  private set(side: Side, ticks: number, lots: number): void {
    const levels = this.levels[side];
    const orders = levels.get(ticks) ?? [];
    let missing = lots - orders.reduce((sum, order) => sum + order.lots, 0);
    if (missing > 0) orders.push(...this.split(ticks, missing));
    while (missing < 0) {
      const [oldest] = orders;
      if (oldest === undefined) break;
      const left = Math.max(0, oldest.lots + missing);
      missing += oldest.lots - left;
      if (left === 0) orders.shift();
      else orders[0] = { ...oldest, lots: left };
    }
    if (orders.length === 0) levels.delete(ticks);
    else levels.set(ticks, orders);
  }

  /** Several people, where there is enough for them. */
  private split(ticks: number, lots: number): RestingOrder[] {
    const first = ticks % 3 === 0 ? Math.floor(lots / 2) : 0;
    return [first, lots - first]
      .filter((part) => part > 0)
      .map((part) => ({ id: this.nextId++, ticks, lots: part }));
  }
}
