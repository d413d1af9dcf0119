import type { Budget } from '../coinbase-platform/budgets.ts';

/** Published limits of Coinbase Advanced Trade (docs.cdp.coinbase.com, autumn 2026). */
export const CONNECTS: Budget = { perSecond: 8 };
/** Without a login. */
export const MESSAGES: Budget = { perSecond: 8 };
/** A channel without news for so long is closed, on connections that have no heartbeats. */
export const IDLE_MS = { least: 60_000, most: 90_000 };
export const HEARTBEAT_MS = 1000;
export const TRADES_BATCH_MS = 250;
export const TICKER_BATCH_MS = 5000;
export const TRADES_IN_SNAPSHOT = 100;
export const CANDLES_IN_SNAPSHOT = 100;
export const CANDLE_UPDATE_MS = { least: 4000, most: 10_000 };
export const CANDLES_PER_REQUEST = 350;
/** Answers of public REST are so old at most, unless a client wants none of it. */
export const CACHED_MS = 1000;

// As was seen on the wire, or chosen where nothing is published.
export const BOOK_MS = 50;
export const TICKER_MS = 100;
export const STATUS_MS = 5000;
