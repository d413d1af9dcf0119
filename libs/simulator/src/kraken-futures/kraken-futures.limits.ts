/** Of one connection. */
export const REQUESTS_PER_SECOND = 100;
/** Open at once, of one address. */
export const CONNECTIONS_PER_ADDRESS = 100;
/** A client pings at least so often. */
export const PING_MS = 60_000;
/** How often each product's ticker is told at most. */
export const TICKER_MS = 1000;
/** Between two frames of the feed `heartbeat`. Not published: a second is a guess that hurts nobody. */
export const HEARTBEAT_MS = 1000;
/** Trades with which a subscription begins. */
export const SNAPSHOT_TRADES = 100;
/** Of one answer of the charts. Not published: more is told by `more_candles`. */
export const REST_CANDLES = 2000;
