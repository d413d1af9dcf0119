import type { BinanceLimits } from '../binance-platform/limits.ts';

/** Published limits of Binance spot (binance-spot-api-docs, state 2026-09). */
export const SPOT_LIMITS: BinanceLimits = {
  streamsPerConnection: 1024,
  messagesPerSecond: 5,
  connectionsPerWindow: 300,
  connectionWindowMs: 300_000,
  connectionLifetimeMs: 86_400_000,
  pingIntervalMs: 20_000,
  pongDeadlineMs: 60_000,
  requestWeightPerMinute: 6000,
};
export const DEPTH_LIMIT = 5000;
export const KLINES_LIMIT = 1000;
export const TRADES_LIMIT = 1000;
