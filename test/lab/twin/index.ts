export type { BookObserver, ShownBook } from './lab.books.ts';
export { LabExchange } from './lab.exchange.ts';
export type {
  AckDialect,
  BookDialect,
  EntryDialect,
  HeartbeatDialect,
  LabDialects,
  LabLimits,
  LabOptions,
  PackingDialect,
  WindowLimit,
} from './lab.options.ts';
