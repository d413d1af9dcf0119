/**
 * A sequence number as the exchange gave it: a number while it is a safe integer, its decimal digits as text beyond
 * 2^53.
 */
export type ExchangeSequence = number | string;

/** Where and when an event comes from; part of every event. */
export interface EventOrigin {
  /** Id of the exchange, one per market segment with hosts of its own: `binance`, `binance-usdm`. */
  readonly exchange: string;
  /** Unified symbol, `BTC/USDT`; for the channel `raw` the topic. */
  readonly symbol: string;
  /** The exchange's own symbol, `BTCUSDT`; for the channel `raw` the topic. */
  readonly nativeSymbol: string;
  /** When it happened by the exchange's clock, in milliseconds since the epoch; absent where the exchange says nothing. */
  readonly exchangeTime?: number;
  /** When the frame left the socket by our clock, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The exchange's own sequence of this event, where it has one. */
  readonly sequence?: ExchangeSequence;
}
