import type { Channel, PrivateChannel } from './channel.ts';

/** A parameter's value as users write it. */
export type ParamValue = string | number | boolean;

/** Parameters of a subscription by name: `interval`, `depth`, `speed`, `aggregated` … */
export type SubscriptionParams = Readonly<Record<string, ParamValue>>;

/** What somebody wants to receive. */
export interface SubscriptionRequest<C extends Channel = Channel> {
  readonly exchange: string;
  readonly channel: C;
  /**
   * Unified symbol, `BTC/USDT`; for the channel `raw` a topic by the exchange's own wire name, `btcusdt@trade`. Empty for
   * private channels and `status`.
   */
  readonly symbol: string;
  readonly params?: SubscriptionParams;
}

/** What somebody wants to receive of an account of theirs: a private channel, which has no symbol. */
export interface AccountRequest<C extends PrivateChannel = PrivateChannel> {
  readonly exchange: string;
  readonly channel: C;
  /** Name of the account in the settings. Default `default`. */
  readonly account?: string;
}

/** What somebody wants to receive of a whole exchange: its notices about its platform. */
export interface StatusRequest<C extends 'status' = 'status'> {
  readonly exchange: string;
  readonly channel: C;
  readonly params?: SubscriptionParams;
}

/** What somebody wants to receive, of a market, of an account or of a whole exchange. */
export type AnyRequest<C extends Channel = Channel> =
  SubscriptionRequest<C> | AccountRequest<C & PrivateChannel> | StatusRequest<C & 'status'>;

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

/** The printable form of the same: `binance candles BTC/USDT interval=1m`, `binance orders account=main`. */
export function formatSubscription(request: SubscriptionRequest): string {
  const params = sorted(request.params).map(([name, value]) => `${name}=${value}`);
  const { exchange, channel, symbol } = request;
  return [exchange, channel, ...(symbol === '' ? [] : [symbol]), ...params].join(' ');
}

function sorted(params: SubscriptionParams = {}): [string, ParamValue][] {
  return Object.entries(params).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
