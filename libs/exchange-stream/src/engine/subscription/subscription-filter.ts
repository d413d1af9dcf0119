import type { Channel, SubscriptionParams, SubscriptionRequest } from '@exchange-stream/market-data';
import { ACCOUNT_PARAM, DEFAULT_ACCOUNT } from '../credentials/credentials-source.ts';

/** Which subscriptions somebody means; what is left out matches everything. */
export interface SubscriptionFilter {
  readonly exchange?: string;
  readonly channel?: Channel;
  /** Unified symbol. */
  readonly symbol?: string;
  /** Each of these must have this value. */
  readonly params?: SubscriptionParams;
}

export function matchesFilter(filter: SubscriptionFilter, request: SubscriptionRequest): boolean {
  if (filter.exchange !== undefined && filter.exchange !== request.exchange) return false;
  if (filter.channel !== undefined && filter.channel !== request.channel) return false;
  if (filter.symbol !== undefined && filter.symbol !== request.symbol) return false;
  return hasParams(request.params, filter.params);
}

/** Whether all that is wanted holds; the default account is one that no canonical request names. */
export function hasParams(params: SubscriptionParams = {}, wanted: SubscriptionParams = {}): boolean {
  return Object.entries(wanted).every(([name, value]) => {
    const unnamed = name === ACCOUNT_PARAM ? DEFAULT_ACCOUNT : undefined;
    return (params[name] ?? unnamed) === value;
  });
}

/** `binance book BTC/USDT depth=20`; what the filter leaves out is left out. */
export function formatFilter({ exchange, channel, symbol, params = {} }: SubscriptionFilter): string {
  const values = Object.entries(params).map(([name, value]) => `${name}=${String(value)}`);
  const words = [exchange, channel, symbol, ...values].filter((word) => word !== undefined);
  return words.join(' ') || 'every subscription';
}
