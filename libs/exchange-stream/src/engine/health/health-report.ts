import type { ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';
import type { SubscriptionFilter } from '../subscription/subscription-filter.ts';
import { judgeConnection, type ConnectionHealth } from './connection-health.ts';
import { isWanted, judgeExchange, type ExchangeHealth, type HealthStatus } from './exchange-health.ts';
import { judgeSubscription, type SubscriptionHealth } from './subscription-health.ts';

/** Health of several exchanges at one moment. */
export interface HealthReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: HealthStatus;
  readonly exchanges: readonly ExchangeHealth[];
}

/** The same down to every connection and subscription. */
export interface HealthDetail extends HealthReport {
  readonly connections: readonly ConnectionHealth[];
  readonly subscriptions: readonly SubscriptionHealth[];
}

/**
 * What makes the whole healthy.
 * - `any`: one exchange that is not down.
 * - `all`: every exchange is not down.
 * - `critical`: each of these is subscribed and live, whatever the others do. A filter stands for all subscriptions that
 *   it matches, at least one.
 */
export type HealthPolicy = 'any' | 'all' | { readonly critical: readonly SubscriptionFilter[] };

/** What a report is made from; an `ExchangeStream` is one. */
export interface HealthSource {
  readonly exchanges: readonly string[];
  connections(): readonly ConnectionView[];
  subscriptions(): readonly SubscriptionView[];
}

/** Judges every exchange of the source, or those named. */
export function reportHealth(
  source: HealthSource,
  at: number,
  exchanges: readonly string[] = source.exchanges,
): HealthReport {
  const connections = source.connections();
  const subscriptions = source.subscriptions();
  const judged = exchanges.map((exchange) => judgeExchange(exchange, connections, subscriptions));
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
    subscriptions: source.subscriptions().filter(isOf).filter(isWanted).map(judgeSubscription),
  };
}

/** Whether the exchanges of a report are well enough to call the whole healthy. */
export function isHealthy({ exchanges }: HealthReport, policy: 'any' | 'all'): boolean {
  const isUsable = ({ status }: ExchangeHealth): boolean => status !== 'down';
  if (exchanges.length === 0) return true;
  return policy === 'all' ? exchanges.every(isUsable) : exchanges.some(isUsable);
}

/** `up` when all are, `down` when all are, `degraded` between. */
function overall(exchanges: readonly ExchangeHealth[]): HealthStatus {
  if (exchanges.every(({ status }) => status === 'up')) return 'up';
  return exchanges.every(({ status }) => status === 'down') ? 'down' : 'degraded';
}
