import type { Budget } from '../coinbase-platform/budgets.ts';

/** Published limits of Coinbase Exchange (docs.cdp.coinbase.com, autumn 2026). */
export const REQUESTS: Budget = { perSecond: 8, burst: 20 };
export const MESSAGES: Budget = { perSecond: 100 };
/** Of one product on one channel, by one account. */
export const SUBSCRIPTIONS_PER_TOPIC = 10;
export const BOOK_BATCH_MS = 50;
export const HEARTBEAT_MS = 1000;
export const TICKER_BATCH_MS = 5000;
export const CANDLES_PER_REQUEST = 300;

// Chosen: nothing is published.
export const STATUS_MS = 5000;
