import type { Candle, CandleRange, CandleSeries } from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';

/** What keeps a series of candles right, whether the exchange has such candles or they are made of smaller ones. */
export interface CandleKeeper {
  readonly keepsPast: true;
  /** What has been told. */
  readonly series: CandleSeries;
  /** Whether what was told is what the exchange has. */
  readonly live: boolean;
  /** Rows that wait. */
  readonly waiting: number;
  /** Whether candles are waited for that the stream does not bring. */
  readonly isSeeding: boolean;
  /** Whether candles are asked for from time to time, as no stream brings them. */
  readonly isPolled: boolean;
  /** Whether it reaches as far back as was asked for, and nothing is missing in it. */
  readonly isReady: boolean;
  /** What was missing and has been told; once. */
  takeFilled(): CandleRange | undefined;
  /** What somebody gets who comes late: the candles that the series begins with, and the running one. */
  snapshot(): Candle[];
  /** The exchange has confirmed the topic; where there is none, it may be asked. */
  begin(): void;
  /** What comes from here on does not follow what came before. */
  reset(): void;
  /** A row of the stream. */
  row(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void;
  /**
   * What was asked for, or a part of it.
   * @param asOf time of the exchange when it was asked
   * @param isAll nothing more of it is to come
   * @param isWhole what is not in it is not there
   */
  found(
    rows: readonly CandleRow[],
    range: CandleRange,
    asOf: number,
    isAll: boolean,
    isWhole?: boolean,
  ): void;
  /** What was asked for cannot be had now; it is asked for again much later. */
  unavailable(reason: string): void;
  /** Nobody asks for anything any more. */
  withdrawn(): void;
  /** What comes from here on is of another world, in which nothing of what was told holds. */
  leaveWorld(): void;
  /** The time that was wished for has come. */
  wake(): void;
}
