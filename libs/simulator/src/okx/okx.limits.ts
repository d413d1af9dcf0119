/** Published limits of OKX v5 (official change log as of 2026-10). */
export const CONNECTS_PER_SECOND = 3;
/** Requests to subscribe, unsubscribe and log in, of one connection. */
export const REQUESTS_PER_HOUR = 480;
/** Of all args of one request. */
export const BYTES_PER_REQUEST = 64 * 1024;
/** A connection on which nothing was sent for so long is cut. */
export const IDLE_MS = 30_000;
export const IDLE_CLOSE = 4004;
/** Levels of a side of `books` and `books-rpi`, and the most that REST serves. */
export const BOOK_LEVELS = 400;
export const CANDLES_LIMIT = 300;
export const HISTORY_CANDLES_LIMIT = 100;
/** REST counts requests of one address within so long. */
export const RATE_WINDOW_MS = 2000;
