import {
  MarketByOrderBook,
  OrderBook,
  type BookLevel,
  type CandleEvent,
  type MarketEvent,
  type SubscriptionRequest,
  type TradeEvent,
} from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '@exchange-stream/nestjs/engine';

/** A subscription and a careful consumer of it, that trusts what it is told and notes every broken promise. */
export class Followed {
  /** States of the data in the order in which they were told. */
  readonly states: string[] = [];
  readonly broken: string[] = [];
  /** Why data was told to be missing, each time. */
  readonly gaps: string[] = [];
  readonly trades: TradeEvent[] = [];
  /** Closed candles by open time. */
  readonly candles = new Map<number, CandleEvent>();
  events = 0;
  /** Whole books. */
  snapshots = 0;
  /** The latest event, but for those that tell a state. */
  latest: MarketEvent | undefined;
  private readonly book = new OrderBook();
  /** Of a book by order. */
  private orders: MarketByOrderBook | undefined;
  private isTrusted = false;
  private newestClosed = -Infinity;

  constructor(
    readonly request: SubscriptionRequest,
    readonly handle: SubscriptionHandle,
  ) {
    handle.on((event) => this.receive(event));
  }

  /** The book as its events come to. */
  get levels(): { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] } {
    const book = this.orders ?? this.book;
    return { bids: book.bids(), asks: book.asks() };
  }

  /** Whether the book comes order by order: of the last price of a side there may be more. */
  get isByOrder(): boolean {
    return this.orders !== undefined;
  }

  /** The exchange's wire name; empty before it is known. */
  get topic(): string {
    return this.handle.view().topic ?? '';
  }

  get isLive(): boolean {
    const { state, data } = this.handle.view();
    return state === 'subscribed' && data === 'live';
  }

  private receive(event: MarketEvent): void {
    if (event.type === 'status') {
      this.states.push(event.state);
      if (event.state === 'gap') this.gaps.push(event.reason);
      if (event.state === 'gap' || event.state === 'stale') this.isTrusted = false;
      return;
    }
    this.events++;
    this.latest = event;
    switch (event.type) {
      case 'book-snapshot':
        this.book.applySnapshot(event.bids, event.asks);
        this.snapshots++;
        this.isTrusted = true;
        break;
      case 'book-update':
        if (!this.isTrusted) this.broken.push('an update came before a snapshot');
        this.book.applyUpdate(event.bids, event.asks);
        break;
      case 'book-orders-snapshot':
        this.orders = new MarketByOrderBook();
        this.orders.applySnapshot(event.bids, event.asks);
        this.isTrusted = true;
        break;
      case 'book-orders-update':
        if (!this.isTrusted) this.broken.push('an update came before a snapshot');
        this.orders?.applyUpdate(event.bids, event.asks);
        break;
      case 'trade':
        this.trades.push(event);
        break;
      case 'candle':
        this.candle(event);
        break;
      default:
        break;
    }
    if (this.isTrusted && (this.orders ?? this.book).crossed) this.broken.push('a book was crossed');
  }

  private candle(event: CandleEvent): void {
    const { openTime, closed, correction } = event;
    if (!closed) return;
    if (this.candles.has(openTime) && !correction) this.broken.push(`candle ${openTime} closed twice`);
    if (openTime < this.newestClosed && !correction)
      this.broken.push(`candle ${openTime} closed out of order`);
    this.candles.set(openTime, event);
    this.newestClosed = Math.max(this.newestClosed, openTime);
  }
}
