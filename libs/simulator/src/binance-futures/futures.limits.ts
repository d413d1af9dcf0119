import type { BinanceLimits } from '../binance-platform/limits.ts';

/**
 * Published limits of Binance's futures, alike for both kinds (state 2026-10). The connects are those of spot: one
 * source names them for futures as well.
 */
export const FUTURES_LIMITS: BinanceLimits = {
  streamsPerConnection: 1024,
  messagesPerSecond: 10,
  connectionsPerWindow: 300,
  connectionWindowMs: 300_000,
  connectionLifetimeMs: 86_400_000,
  pingIntervalMs: 180_000,
  pongDeadlineMs: 600_000,
  requestWeightPerMinute: 2400,
};
/** Requests for funding rates have a pool of their own. */
export const FUNDING_REQUESTS = 500;
export const FUNDING_WINDOW_MS = 300_000;
export const DEPTH_LIMITS: readonly number[] = [5, 10, 20, 50, 100, 500, 1000];
export const LARGEST_DEPTH = 1000;
export const KLINES_LIMIT = 1500;
