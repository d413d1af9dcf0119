/**
 * Connects of one address within ten minutes before it is kept out. Published for the network in front of Kraken, of
 * which the number is approximate.
 */
export const CONNECTS_PER_WINDOW = 150;
export const CONNECT_WINDOW_MS = 600_000;
/** A connection on which nothing is subscribed is dropped after so long. */
export const UNSUBSCRIBED_MS = 60_000;
/** Where nothing else was sent for so long, a connection with subscriptions gets a heartbeat. */
export const HEARTBEAT_MS = 1000;
/** Request ids are integers of 32 bits. */
export const LARGEST_REQUEST_ID = 2 ** 31 - 1;
export const BOOK_DEPTHS: readonly number[] = [10, 25, 100, 500, 1000];
/** How often books and best prices are told is not documented: this is our choice. */
export const BOOK_PERIOD_MS = 50;
/** During maintenance nobody connects more often. */
export const MAINTENANCE_CONNECT_MS = 5000;
/** Levels of each side that a checksum covers. */
export const CHECKED_LEVELS = 10;
/** Trades with which a subscription can begin. */
export const SNAPSHOT_TRADES = 50;
/** How many candles a subscription begins with is not documented: this is our choice. */
export const SNAPSHOT_CANDLES = 10;
/** Rows of one answer of REST, the running candle not counted. As recorded in 2025-11. */
export const REST_CANDLES = 720;
export const REST_BOOK_LEVELS = 500;
