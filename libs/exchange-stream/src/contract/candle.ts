import type {
  CandleAnchors,
  CandleEvent,
  EventOrigin,
  SubscriptionParams,
} from '@exchange-stream/market-data';

/** The exchange's statement about one candle. */
export interface CandleRow extends Omit<
  CandleEvent,
  keyof EventOrigin | 'type' | 'source' | 'closed' | 'synthetic' | 'correction'
> {
  /** Whether its numbers are final; absent where the exchange does not say so. */
  readonly closed?: boolean;
  /**
   * The first and the last trade in it, where the exchange numbers the trades of a symbol one by one: so it shows whether
   * candles follow each other.
   */
  readonly tradeIds?: { readonly first: number; readonly last: number };
}

/** How an exchange has candles, beside the intervals that it streams (the values of the parameter `interval`). */
export interface CandleDeclaration {
  /** Intervals that only REST has. */
  readonly restIntervals?: readonly string[];
  /** Where its days, weeks and months begin. Default: at midnight UTC, weeks on Mondays. */
  readonly anchors?: (params: SubscriptionParams) => CandleAnchors;
  /** Candles that one answer of REST has at most. Default 500. */
  readonly pageLimit?: number;
  /** The stream has no row of a bucket in which nothing is traded. Default: it has one of each. */
  readonly skipsQuiet?: boolean;
  /** How long after the end of its bucket a candle may still change, or its last row come, in milliseconds. Default 2,000. */
  readonly settlesWithinMs?: number;
}
