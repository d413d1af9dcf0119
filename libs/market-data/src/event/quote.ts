import type { EventOrigin } from './origin.ts';

/** Best bid and ask. */
export interface QuoteEvent extends EventOrigin {
  readonly type: 'quote';
  readonly bid: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly bidAmount: string;
  readonly ask: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly askAmount: string;
}
