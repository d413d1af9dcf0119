import type { EventOrigin } from './origin.ts';

/** Where a candle's numbers come from: the exchange's stream, its REST interface, or our own arithmetic. */
export type CandleSource = 'stream' | 'rest' | 'derived';

/** One bar of a candle series; sent again on every change until it is closed. */
export interface CandleEvent extends EventOrigin {
  readonly type: 'candle';
  /** `1s`, `1m`, `4h`, `1d`, `1w`, `1M` … */
  readonly interval: string;
  /** Start of the bucket, milliseconds since the epoch. */
  readonly openTime: number;
  /** End of the bucket, exclusive: the open time of the next one. Milliseconds since the epoch. */
  readonly closeTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  readonly quoteVolume?: string;
  readonly tradeCount?: number;
  /** Base volume of the trades whose taker bought. */
  readonly takerBuyBaseVolume?: string;
  /** Quote volume of the trades whose taker bought. */
  readonly takerBuyQuoteVolume?: string;
  /** Whether the bucket is over and its numbers are final. */
  readonly closed: boolean;
  readonly source: CandleSource;
  /** Nothing was traded, and the exchange has no candle of it: it stands at the price before. */
  readonly synthetic?: boolean;
  /** It takes the place of a closed candle of the same bucket, which was told before and has turned out otherwise. */
  readonly correction?: boolean;
}
