export { judgeExchange, type ExchangeHealth, type HealthStatus } from './exchange-health.ts';
export {
  isHealthy,
  reportHealth,
  type HealthPolicy,
  type HealthReport,
  type HealthSource,
} from './health-report.ts';
