import type { DataState } from '@exchange-stream/market-data';
import type { ConnectionState, ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionState, SubscriptionView } from '../subscription/subscription-state.ts';
import type { AccountView } from '../credentials/login-state.ts';
import { describeAccount, judgeAccount, type AccountHealth } from './account-health.ts';
import { describeSubscription, judgeSubscription } from './subscription-health.ts';

/**
 * - `up`: everything that is subscribed is served.
 * - `degraded`: part of it is, or an account of ours is rejected.
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
  /** Our accounts there, and how far their logins have come. */
  readonly accounts: readonly AccountHealth[];
}

/**
 * Judges one exchange from what its connections and subscriptions say of themselves; views of other exchanges are
 * passed over. A subscription that was refused (`failed`) degrades the exchange but never takes it down: the fault is in
 * the request, and everybody else is served. An account that the exchange rejects degrades it likewise: public data goes
 * on.
 * @param enabled whether it is to be talked to
 */
export function judgeExchange(
  exchange: string,
  connections: readonly ConnectionView[],
  subscriptions: readonly SubscriptionView[],
  enabled = true,
  accounts: readonly AccountView[] = [],
): ExchangeHealth {
  const ownConnections = connections.filter((connection) => connection.exchange === exchange);
  const own = subscriptions.filter((subscription) => subscription.exchange === exchange);
  const ownAccounts = accounts.filter((account) => account.exchange === exchange);
  const wanted = own.filter(isWanted);
  return {
    exchange,
    ...(enabled ? withNotice(withAccounts(judge(wanted), ownAccounts), wanted) : judgeDisabled(wanted)),
    connections: count(ownConnections.map(({ state }) => state)),
    subscriptions: count(own.map(({ state }) => state)),
    data: count(own.map(({ data }) => data)),
    accounts: ownAccounts.map((account) => judgeAccount(account, enabled)),
  };
}

function judge(wanted: readonly SubscriptionView[]): Judgement {
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

type Judgement = Pick<ExchangeHealth, 'status' | 'reason'>;

function withAccounts({ status, reason }: Judgement, accounts: readonly AccountView[]): Judgement {
  const [first, ...others] = accounts.filter(({ state }) => state === 'rejected');
  if (!first) return { status, reason };
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return {
    status: status === 'up' ? 'degraded' : status,
    // A subscription that failed for it has said why.
    reason: `${reason}; ${reason.includes(first.reason) ? `account ${first.account} is rejected` : describeAccount(first)}${more}`,
  };
}

/** What the exchange says of itself changes no status: how its data does is seen. */
function withNotice(judgement: Judgement, wanted: readonly SubscriptionView[]): Judgement {
  const notice = wanted.find((view) => view.notice !== undefined)?.notice;
  if (notice === undefined) return judgement;
  return { ...judgement, reason: `${judgement.reason}; the exchange says: ${notice}` };
}

function judgeDisabled({ length }: readonly SubscriptionView[]): Judgement {
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
