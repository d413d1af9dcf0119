import type { CandleInterval, SubscriptionParams } from '@exchange-stream/market-data';

/** How a series of candles is kept right. */
export interface CandleRules {
  readonly interval: CandleInterval;
  /** What users asked for, where it is made of these candles: the exchange has none of its own. */
  readonly whole?: CandleInterval;
  /** The exchange has neither these nor smaller ones: they are made of its trades. */
  readonly isMadeOfTrades?: boolean;
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

/** Buckets that a series keeps. */
export function keptBuckets({ interval, whole, history }: CandleRules): number {
  if (!whole) return history + 1;
  // The longest month has 31 days; and one bucket more, for what comes late.
  const longestMs = whole.isFixed ? whole.shortestMs : (whole.shortestMs / 28) * 31;
  return Math.ceil(longestMs / interval.shortestMs) * (history + 2);
}
