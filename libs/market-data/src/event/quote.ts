import type { EventOrigin } from './origin.ts';

/** Best bid and ask; of funding these are rates per day. */
export interface QuoteEvent extends EventOrigin {
  readonly type: 'quote';
  readonly bid: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly bidAmount: string;
  /** Of funding: for how many days. */
  readonly bidPeriodDays?: number;
  readonly ask: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly askAmount: string;
  /** Of funding: for how many days. */
  readonly askPeriodDays?: number;
}
