import type { DataState } from '@exchange-stream/market-data';
import type { SubscriptionState, SubscriptionView } from '../subscription/subscription-state.ts';
import type { HealthStatus } from './exchange-health.ts';

/** How one subscription does. */
export interface SubscriptionHealth {
  /** Canonical key. */
  readonly key: string;
  readonly exchange: string;
  readonly state: SubscriptionState;
  readonly data: DataState;
  /**
   * `up`: confirmed, and its data can be trusted as far as there is any. `degraded`: confirmed, and its data cannot be
   * trusted. `down`: not confirmed. `disabled`: its exchange is.
   */
  readonly status: HealthStatus;
  /** Why, in words. */
  readonly reason: string;
  /** When it came into its state, or its data into theirs: the later one, milliseconds since the epoch. */
  readonly since: number;
}

/** @param enabled whether its exchange is to be talked to */
export function judgeSubscription(view: SubscriptionView, enabled = true): SubscriptionHealth {
  const { key, exchange, state, data, stateSince, dataSince } = view;
  return {
    key,
    exchange,
    state,
    data,
    status: enabled ? statusOf(view) : 'disabled',
    reason: describeSubscription(view),
    since: Math.max(stateSince, dataSince),
  };
}

/** `trades BTC/USDT is stale, no sign of life for 15000 ms`. */
export function describeSubscription({ channel, symbol, state, data, reason }: SubscriptionView): string {
  const what = symbol === '' ? channel : `${channel} ${symbol}`;
  return `${what} is ${state === 'subscribed' ? data : state}, ${reason}`;
}

/**
 * A confirmed subscription that has not received anything yet is a quiet market, not trouble; a book without its
 * snapshot is.
 */
function statusOf({ state, data, channel }: SubscriptionView): HealthStatus {
  if (state !== 'subscribed') return 'down';
  if (data === 'stale' || data === 'gap') return 'degraded';
  return data === 'syncing' && channel === 'book' ? 'degraded' : 'up';
}
