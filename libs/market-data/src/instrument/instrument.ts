/** What kind of thing is traded. */
export type InstrumentKind = 'spot' | 'perpetual' | 'future' | 'option' | 'funding';

/** `trading` takes orders; `halted` exists but does not trade now; `delisted` is gone for good. */
export type InstrumentStatus = 'trading' | 'halted' | 'delisted';

/** Something that is traded on an exchange. */
export interface Instrument {
  readonly exchange: string;
  readonly kind: InstrumentKind;
  /** Unified symbol, `BTC/USDT`. */
  readonly symbol: string;
  /** The exchange's own symbol, `BTCUSDT`. */
  readonly nativeSymbol: string;
  readonly base: string;
  readonly quote: string;
  readonly status: InstrumentStatus;
  /** Smallest step of a price, as decimal text; absent where the exchange sets none. */
  readonly tickSize?: string;
  /** Smallest step of an amount, as decimal text; absent where the exchange sets none. */
  readonly lotSize?: string;
}
