import type { CandleInterval, SubscriptionParams } from '@exchange-stream/market-data';

/** How a series of candles is kept right. */
export interface CandleRules {
  readonly interval: CandleInterval;
  /** Those of the exchange's own parameters that are not the interval. */
  readonly params: SubscriptionParams;
  /** Buckets before the running one that are told first. */
  readonly history: number;
  /** A bucket in which nothing was traded is told as a flat candle. */
  readonly synthetic: boolean;
  /** The stream has no row of such a bucket. */
  readonly skipsQuiet: boolean;
  /** How long after the end of its bucket a candle may still change, in milliseconds. */
  readonly settlesWithinMs: number;
  /** What was missed can be asked for. */
  readonly canFetch: boolean;
  /** Where rows come from: nothing but REST, nothing but the stream, or REST while the stream is away. */
  readonly source: 'auto' | 'stream' | 'rest';
}

/** Buckets that may be asked for at once, and that a series can be asked to begin with. */
export const MAX_HISTORY = 5_000;
