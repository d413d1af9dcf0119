import type { ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';
import { judgeExchange, type ExchangeHealth, type HealthStatus } from './exchange-health.ts';

/** Health of several exchanges at one moment. */
export interface HealthReport {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: HealthStatus;
  readonly exchanges: readonly ExchangeHealth[];
}

/** `any`: one exchange that is not down is enough. `all`: every exchange must not be down. */
export type HealthPolicy = 'any' | 'all';

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

/** Whether the exchanges of a report are well enough to call the whole healthy. */
export function isHealthy({ exchanges }: HealthReport, policy: HealthPolicy): boolean {
  const isUsable = ({ status }: ExchangeHealth): boolean => status !== 'down';
  if (exchanges.length === 0) return true;
  return policy === 'all' ? exchanges.every(isUsable) : exchanges.some(isUsable);
}

/** `up` when all are, `down` when all are, `degraded` between. */
function overall(exchanges: readonly ExchangeHealth[]): HealthStatus {
  if (exchanges.every(({ status }) => status === 'up')) return 'up';
  return exchanges.every(({ status }) => status === 'down') ? 'down' : 'degraded';
}
