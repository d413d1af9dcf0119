/**
 * A sequence number as the exchange gave it: a number while it is a safe integer, its decimal digits as text beyond
 * 2^53.
 */
export type ExchangeSequence = number | string;

/** Where and when an event comes from; part of every event. */
export interface EventOrigin {
  /** Id of the exchange, one per market segment with hosts of its own: `binance`, `binance-usdm`. */
  readonly exchange: string;
  /** Unified symbol, `BTC/USDT`; for the channel `raw` the topic. Empty for what is of no instrument, such as a balance. */
  readonly symbol: string;
  /** The exchange's own symbol, `BTCUSDT`; for the channel `raw` the topic. Empty where `symbol` is. */
  readonly nativeSymbol: string;
  /** When it happened by the exchange's clock, in milliseconds since the epoch; absent where the exchange says nothing. */
  readonly exchangeTime?: number;
  /** When the frame left the socket by our clock, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The exchange's own sequence of this event, where it has one. */
  readonly sequence?: ExchangeSequence;
}

/** The same for a state of an account: of an order, a balance, a position. */
export interface AccountOrigin extends EventOrigin {
  /** Name of the account in the settings. */
  readonly account: string;
  /** It tells what is, as of a whole snapshot, and need not be a change. */
  readonly snapshot: boolean;
}
