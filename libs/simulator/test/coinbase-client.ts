import { compareDecimals, isZeroDecimal } from '@exchange-stream/market-data';
import { RecordingClient } from './recording-client.ts';

export interface CoinbaseFrame {
  readonly channel: string;
  readonly timestamp: string;
  readonly sequence_num: number;
  readonly events: readonly Readonly<Record<string, unknown>>[];
}

export interface LevelRow {
  readonly side: 'bid' | 'offer';
  readonly event_time: string;
  readonly price_level: string;
  readonly new_quantity: string;
}

export interface BookEvent {
  readonly type: 'snapshot' | 'update';
  readonly product_id: string;
  readonly updates: readonly LevelRow[];
}

export interface TradeRow {
  readonly product_id: string;
  readonly trade_id: string;
  readonly price: string;
  readonly size: string;
  readonly time: string;
  readonly side: 'BUY' | 'SELL';
}

/** Of Advanced Trade. */
export class CoinbaseClient extends RecordingClient {
  subscribe(channel: string, ...products: string[]): this {
    this.say({ type: 'subscribe', channel, ...(products.length > 0 && { product_ids: products }) });
    return this;
  }

  unsubscribe(channel: string, ...products: string[]): this {
    this.say({ type: 'unsubscribe', channel, ...(products.length > 0 && { product_ids: products }) });
    return this;
  }

  channel(name: string): CoinbaseFrame[] {
    return this.frames.filter(({ channel }) => channel === name) as unknown as CoinbaseFrame[];
  }

  /** Events of one channel and one type. */
  events<T>(channel: string, type?: string): T[] {
    return this.channel(channel)
      .flatMap(({ events }) => events)
      .filter((event) => type === undefined || event['type'] === type) as T[];
  }

  books(productId: string): BookEvent[] {
    return this.events<BookEvent>('l2_data').filter(({ product_id: id }) => id === productId);
  }

  trades(type: 'snapshot' | 'update'): readonly TradeRow[][] {
    return this.events<{ trades: TradeRow[] }>('market_trades', type).map(({ trades }) => trades);
  }

  /** What the latest acknowledgement lists, in order. */
  get subscribed(): Readonly<Record<string, readonly string[]>> | undefined {
    const latest = this.events<{ subscriptions: Record<string, string[]> }>('subscriptions').at(-1);
    return (
      latest &&
      Object.fromEntries(Object.entries(latest.subscriptions).map(([key, names]) => [key, [...names].sort()]))
    );
  }
}

export interface ExchangeFrame {
  readonly type: string;
  readonly product_id?: string;
  readonly [key: string]: unknown;
}

/** Of Coinbase Exchange. */
export class ExchangeClient extends RecordingClient {
  subscribe(channels: readonly unknown[], products: readonly string[] = [], more: object = {}): this {
    this.say({ type: 'subscribe', channels, product_ids: products, ...more });
    return this;
  }

  type(...names: string[]): ExchangeFrame[] {
    return this.frames.filter(({ type }) => names.includes(String(type))) as unknown as ExchangeFrame[];
  }
}

type Levels = readonly (readonly [string, string])[];

/** A client's book by absolute amounts. */
export class AbsoluteBook {
  private readonly sides = { bid: new Map<string, string>(), ask: new Map<string, string>() };

  clear(): void {
    this.sides.bid.clear();
    this.sides.ask.clear();
  }

  set(side: 'bid' | 'ask', price: string, amount: string): void {
    if (isZeroDecimal(amount)) this.sides[side].delete(price);
    else this.sides[side].set(price, amount);
  }

  get levels(): { readonly bids: Levels; readonly asks: Levels } {
    const sorted = (side: 'bid' | 'ask', sign: number): Levels =>
      [...this.sides[side]].sort(([a], [b]) => sign * compareDecimals(a, b));
    return { bids: sorted('bid', -1), asks: sorted('ask', 1) };
  }
}

export function bookOf(events: readonly BookEvent[]): AbsoluteBook {
  const book = new AbsoluteBook();
  for (const { type, updates } of events) {
    if (type === 'snapshot') book.clear();
    for (const { side, price_level: price, new_quantity: amount } of updates)
      book.set(side === 'bid' ? 'bid' : 'ask', price, amount);
  }
  return book;
}
