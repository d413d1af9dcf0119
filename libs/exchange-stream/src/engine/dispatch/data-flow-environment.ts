import type { Clock, PlatformStatusEvent } from '@exchange-stream/market-data';
import type { AccountNeed, FillsAsked } from '../account-data/account-data.ts';
import type { CandleSource } from '../candles/candle-flow.ts';
import type { BookBreak } from '../integrity/book-break.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { TradesNeed } from '../trades/trade-series.ts';

/** What a flow needs from around it. */
export interface DataFlowEnvironment {
  readonly clock: Clock;
  readonly statistics: ExchangeStatistics;
  /** The data state has changed. */
  changed(reason: string): void;
  /** The exchange says something new about its platform. */
  noticed(notice: PlatformStatusEvent): void;
  consumerFailed(consumer: string, error: Error): void;
  /** The promise of a consumer has been open for longer than it may; `waiting` events wait for it. */
  consumerOverdue(consumer: string, tookMs: number, waiting: number): void;
  /** How long that is. */
  readonly consumerDeadlineMs: number;
  /** A consumer was too slow, and has just been told how many events it has lost. */
  consumerOverflowed(consumer: string, lost: number): void;
  /** A REST seed of the book is needed; a later call replaces an earlier one. */
  needSeed(attempt: number, broken: BookBreak | undefined): void;
  /** What an account has, or missed fills, have to be asked for; a later call replaces an earlier one. */
  needAccountData(need: AccountNeed): void;
  /**
   * Missed trades have to be asked for; a later call replaces an earlier one, and `undefined` ends it. Returns whether they
   * are asked for.
   */
  needTrades(need: TradesNeed | undefined): boolean;
  /** Asks for fills on behalf of one consumer. Returns a function that gives up. */
  askForFills: FillsAsked;
  /** Who asks for candles. */
  readonly candles: CandleSource;
}
