export type { Inconsistency, InconsistencyKind } from '../audit/inconsistency.ts';
export { judgeAccount, type AccountHealth } from './account-health.ts';
export { judgeConnection, type ConnectionHealth } from './connection-health.ts';
export { judgeCritical, type CriticalHealth } from './critical-health.ts';
export { judgeExchange, type ExchangeHealth, type HealthStatus } from './exchange-health.ts';
export {
  isHealthy,
  reportHealth,
  reportHealthInDetail,
  type HealthDetail,
  type HealthPolicy,
  type HealthReport,
  type HealthSource,
} from './health-report.ts';
export { judgeSubscription, type SubscriptionHealth } from './subscription-health.ts';
