import type { ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';
import type { AccountView } from '../credentials/login-state.ts';
import type { SubscriptionFilter } from '../subscription/subscription-filter.ts';
import { judgeConnection, type ConnectionHealth } from './connection-health.ts';
import { isWanted, judgeExchange, type ExchangeHealth, type HealthStatus } from './exchange-health.ts';
import { judgeSubscription, type SubscriptionHealth } from './subscription-health.ts';

/** Health of several exchanges at one moment. */
export interface HealthReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of those that are not disabled; `disabled` when all are. */
  readonly status: HealthStatus;
  readonly exchanges: readonly ExchangeHealth[];
}

/** The same down to every connection and subscription. */
export interface HealthDetail extends HealthReport {
  readonly connections: readonly ConnectionHealth[];
  readonly subscriptions: readonly SubscriptionHealth[];
}

/**
 * What makes the whole healthy. Exchanges that the user has disabled are asked for nothing by the first two.
 * - `any`: one exchange that is not down.
 * - `all`: every exchange is not down.
 * - `critical`: each of these is subscribed and live, whatever the others do. A filter stands for all subscriptions that
 *   it matches, at least one.
 */
export type HealthPolicy = 'any' | 'all' | { readonly critical: readonly SubscriptionFilter[] };

/** What a report is made from; an `ExchangeStream` is one. */
export interface HealthSource {
  readonly exchanges: readonly string[];
  /** Whether an exchange is talked to, as the user wants it. */
  isEnabled(exchange: string): boolean;
  connections(): readonly ConnectionView[];
  subscriptions(): readonly SubscriptionView[];
  accounts(): readonly AccountView[];
}

/** Judges every exchange of the source, or those named. */
export function reportHealth(
  source: HealthSource,
  at: number,
  exchanges: readonly string[] = source.exchanges,
): HealthReport {
  const connections = source.connections();
  const subscriptions = source.subscriptions();
  const accounts = source.accounts();
  const judged = exchanges.map((exchange) =>
    judgeExchange(exchange, connections, subscriptions, source.isEnabled(exchange), accounts),
  );
  return { at, status: overall(judged), exchanges: judged };
}

/** Judges every exchange, connection and subscription of the source, or those of the exchanges named. */
export function reportHealthInDetail(
  source: HealthSource,
  at: number,
  exchanges: readonly string[] = source.exchanges,
): HealthDetail {
  const isOf = ({ exchange }: { readonly exchange: string }): boolean => exchanges.includes(exchange);
  return {
    ...reportHealth(source, at, exchanges),
    connections: source.connections().filter(isOf).map(judgeConnection),
    subscriptions: source
      .subscriptions()
      .filter(isOf)
      .filter(isWanted)
      .map((view) => judgeSubscription(view, source.isEnabled(view.exchange))),
  };
}

/** Whether the exchanges of a report are well enough to call the whole healthy. */
export function isHealthy({ exchanges }: HealthReport, policy: 'any' | 'all'): boolean {
  const inUse = exchanges.filter(isInUse);
  const isUsable = ({ status }: ExchangeHealth): boolean => status !== 'down';
  if (inUse.length === 0) return true;
  return policy === 'all' ? inUse.every(isUsable) : inUse.some(isUsable);
}

/** `up` when all in use are, `down` when all are, `degraded` between. */
function overall(exchanges: readonly ExchangeHealth[]): HealthStatus {
  const inUse = exchanges.filter(isInUse);
  if (inUse.length === 0 && exchanges.length > 0) return 'disabled';
  if (inUse.every(({ status }) => status === 'up')) return 'up';
  return inUse.every(({ status }) => status === 'down') ? 'down' : 'degraded';
}

function isInUse({ status }: ExchangeHealth): boolean {
  return status !== 'disabled';
}
