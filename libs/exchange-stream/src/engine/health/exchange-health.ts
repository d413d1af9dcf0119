import type { DataState } from '@exchange-stream/market-data';
import type { ConnectionState, ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionState, SubscriptionView } from '../subscription/subscription-state.ts';
import { describeSubscription, judgeSubscription } from './subscription-health.ts';

/**
 * - `up`: everything that is subscribed is served.
 * - `degraded`: part of it is.
 * - `down`: none of it is.
 * - `disabled`: the user has switched the exchange off, so that nothing is to be served.
 */
export type HealthStatus = 'up' | 'degraded' | 'down' | 'disabled';

/** How one exchange serves what is subscribed. Holds no URL and no credential: it may be shown to anybody. */
export interface ExchangeHealth {
  readonly exchange: string;
  readonly status: HealthStatus;
  /** Why, in words. */
  readonly reason: string;
  /** How many connections are in each state; states without any are left out. */
  readonly connections: Readonly<Partial<Record<ConnectionState, number>>>;
  /** How many subscriptions are in each state. */
  readonly subscriptions: Readonly<Partial<Record<SubscriptionState, number>>>;
  /** How far the data of the subscriptions can be trusted, by number. */
  readonly data: Readonly<Partial<Record<DataState, number>>>;
}

/**
 * Judges one exchange from what its connections and subscriptions say of themselves; views of other exchanges are
 * passed over. A subscription that was refused (`failed`) degrades the exchange but never takes it down: the fault is in
 * the request, and everybody else is served.
 * @param enabled whether it is to be talked to
 */
export function judgeExchange(
  exchange: string,
  connections: readonly ConnectionView[],
  subscriptions: readonly SubscriptionView[],
  enabled = true,
): ExchangeHealth {
  const ownConnections = connections.filter((connection) => connection.exchange === exchange);
  const own = subscriptions.filter((subscription) => subscription.exchange === exchange);
  return {
    exchange,
    ...(enabled ? judge : judgeDisabled)(own.filter(isWanted)),
    connections: count(ownConnections.map(({ state }) => state)),
    subscriptions: count(own.map(({ state }) => state)),
    data: count(own.map(({ data }) => data)),
  };
}

function judge(wanted: readonly SubscriptionView[]): Pick<ExchangeHealth, 'status' | 'reason'> {
  const troubled = wanted.filter(isTroubled);
  const [first] = troubled;
  const served = wanted.length - troubled.length;
  if (wanted.length === 0) return { status: 'up', reason: 'nothing is subscribed' };
  if (!first) return { status: 'up', reason: `${served} of ${wanted.length} subscriptions served` };

  const hopeful = wanted.filter(({ state }) => state !== 'failed');
  const isDown = hopeful.length > 0 && hopeful.every(isTroubled);
  const others = troubled.length > 1 ? ` (and ${troubled.length - 1} more)` : '';
  return {
    status: isDown ? 'down' : 'degraded',
    reason: `${served} of ${wanted.length} subscriptions served; ${describeSubscription(first)}${others}`,
  };
}

function judgeDisabled({ length }: readonly SubscriptionView[]): Pick<ExchangeHealth, 'status' | 'reason'> {
  const waiting = length === 0 ? 'nothing is subscribed' : `${length} subscriptions wait until it is enabled`;
  return { status: 'disabled', reason: `disabled by the user; ${waiting}` };
}

/** Whether anybody still waits for it. */
export function isWanted({ state }: SubscriptionView): boolean {
  return state !== 'unsubscribing' && state !== 'unsubscribed';
}

function isTroubled(view: SubscriptionView): boolean {
  return judgeSubscription(view).status !== 'up';
}

function count<S extends string>(states: readonly S[]): Partial<Record<S, number>> {
  const counts: Partial<Record<S, number>> = {};
  for (const state of states) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
