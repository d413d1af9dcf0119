/** What kinds of things are traded, in the order in which listings show them; `funding` is money lent for some days. */
export const INSTRUMENT_KINDS = ['spot', 'perpetual', 'future', 'option', 'funding'] as const;

/** What kind of thing is traded. */
export type InstrumentKind = (typeof INSTRUMENT_KINDS)[number];

/** `trading` takes orders; `halted` exists but does not trade now; `delisted` is gone for good. */
export type InstrumentStatus = 'trading' | 'halted' | 'delisted';

/** Something that is traded on an exchange. */
export interface Instrument {
  readonly exchange: string;
  readonly kind: InstrumentKind;
  /** Unified symbol, `BTC/USDT`; of funding `fUSD`. */
  readonly symbol: string;
  /** The exchange's own symbol, `BTCUSDT`. */
  readonly nativeSymbol: string;
  /**
   * The exchange's own division in which its symbol is unique, where it has several: `linear`, `SWAP`. The same native
   * symbol may be another instrument in another one.
   */
  readonly category?: string;
  readonly base: string;
  /** Of funding the same as `base`: what is lent is paid back in kind. */
  readonly quote: string;
  readonly status: InstrumentStatus;
  /** Smallest step of a price, as decimal text; absent where the exchange sets none. */
  readonly tickSize?: string;
  /** Smallest step of an amount, as decimal text; absent where the exchange sets none. */
  readonly lotSize?: string;
  /**
   * How much of `contractCurrency` one contract is, as decimal text. Where it is there, what is called an amount of this
   * instrument is a number of contracts: in trades, quotes, books and steps. Volumes are in the currency that their name says.
   */
  readonly contractSize?: string;
  /** What `contractSize` counts: `BTC`, or `USD` where a contract is worth so much, whatever the price. */
  readonly contractCurrency?: string;
}
