export { ExchangeStreamHealthIndicator, type ExchangeStreamHealthOptions } from './exchange-stream.health.ts';
