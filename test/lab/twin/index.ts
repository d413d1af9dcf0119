export type { BookObserver, ShownBook } from './lab.books.ts';
export { LabExchange } from './lab.exchange.ts';
export { labTradeId } from './lab.trades.ts';
export type {
  AckDialect,
  BookDialect,
  EntryDialect,
  HeartbeatDialect,
  LabDialects,
  LabLimits,
  LabOptions,
  PackingDialect,
  TradeDialect,
  TradeHistoryDialect,
  TradeIdDialect,
  WindowLimit,
} from './lab.options.ts';
