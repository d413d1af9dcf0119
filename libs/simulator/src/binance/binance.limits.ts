/** Published limits of Binance spot (binance-spot-api-docs, state 2026-09). */
export const STREAMS_PER_CONNECTION = 1024;
/** Control messages, ping and pong frames together. */
export const MESSAGES_PER_SECOND = 5;
export const CONNECTIONS_PER_WINDOW = 300;
export const CONNECTION_WINDOW_MS = 300_000;
export const CONNECTION_LIFETIME_MS = 86_400_000;
export const PING_INTERVAL_MS = 20_000;
export const PONG_DEADLINE_MS = 60_000;
export const REQUEST_WEIGHT_PER_MINUTE = 6000;
export const DEPTH_LIMIT = 5000;
export const KLINES_LIMIT = 1000;
export const TRADES_LIMIT = 1000;
/** Close code and reason of a client that talks too much. */
export const POLICY_VIOLATION = 1008;
