export { LabExchange } from './lab.exchange.ts';
export type {
  AckDialect,
  BookDialect,
  HeartbeatDialect,
  LabDialects,
  LabLimits,
  LabOptions,
  PackingDialect,
  WindowLimit,
} from './lab.options.ts';
