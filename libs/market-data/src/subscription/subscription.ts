import type { Channel } from './channel.ts';

/** A parameter's value as users write it. */
export type ParamValue = string | number | boolean;

/** Parameters of a subscription by name: `interval`, `depth`, `speed`, `aggregated` … */
export type SubscriptionParams = Readonly<Record<string, ParamValue>>;

/** What somebody wants to receive. */
export interface SubscriptionRequest<C extends Channel = Channel> {
  readonly exchange: string;
  readonly channel: C;
  /** Unified symbol, `BTC/USDT`; for the channel `raw` a topic by the exchange's own wire name, `btcusdt@trade`. */
  readonly symbol: string;
  readonly params?: SubscriptionParams;
}

/**
 * The one key by which engine, REST, feed, metrics and command line know a subscription: JSON of its parts in a fixed
 * order, parameters sorted by name.
 */
export function subscriptionKey(request: SubscriptionRequest): string {
  return JSON.stringify([
    request.exchange,
    request.channel,
    request.symbol,
    Object.fromEntries(sorted(request.params)),
  ]);
}

/** The printable form of the same: `binance candles BTC/USDT interval=1m`. */
export function formatSubscription(request: SubscriptionRequest): string {
  const params = sorted(request.params).map(([name, value]) => `${name}=${value}`);
  return [request.exchange, request.channel, request.symbol, ...params].join(' ');
}

function sorted(params: SubscriptionParams = {}): [string, ParamValue][] {
  return Object.entries(params).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
