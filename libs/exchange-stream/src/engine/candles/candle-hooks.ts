import type { Candle, CandleRange } from '@exchange-stream/market-data';

/** What a series of candles asks for and tells. */
export interface CandleHooks {
  /** Our time, milliseconds since the epoch. */
  now(): number;
  /** The time of the exchange as far as it is known. */
  exchangeNow(): number;
  /** Candles are needed, by open time; a later need replaces an earlier one. */
  need(range: CandleRange): void;
  /** Wants to be woken after so long; a later wish replaces an earlier one. */
  wakeAfter(delayMs: number): void;
  deliver(candle: Candle): void;
  /** Every bucket that ends by this time is told, or known to be missing. */
  settled(time: number): void;
  /**
   * What has become of rows of which no event is told. `dropped`: they say nothing new. `rejected`: they are of no bucket.
   * `conflated`: a newer one stands for them. `lost`: a `gap` has told of them.
   */
  ended(fate: 'dropped' | 'rejected' | 'conflated' | 'lost', rows: number): void;
  /** Rows that did not come on the stream: from REST, or concluded. */
  added(rows: number): void;
  /** What was told is what the exchange has. */
  flows(reason: string): void;
  /** Candles are missing, by open time; `asked`: they are being asked for. */
  broken(reason: string, lost: CandleRange & { readonly asked?: true }): void;
  /** Nothing comes, from nowhere. */
  silent(reason: string): void;
}
