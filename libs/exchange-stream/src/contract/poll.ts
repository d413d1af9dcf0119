import type { InstrumentKind } from '@exchange-stream/market-data';
import type { DerivativesRow, OptionRow, TickerRow } from './market-rows.ts';
import type { ListedSymbol, RestOperation } from './rest.ts';

/** What one answer tells of an instrument: some of the fields of the channel's events. */
export type PolledRow = DerivativesRow | OptionRow | Partial<TickerRow>;

/**
 * What is asked of REST again and again, as long as a subscription wants it. Subscriptions that want the same of one
 * instrument share the calls, which begin at random moments and stay within the budget of REST: where that is used up, one is
 * left out. A call that fails is told (`seed-failed`) and harms nothing else; after some in a row its fields are unknown.
 */
export interface Poll {
  /** Tells the polls of an exchange apart: `open interest`. */
  readonly name: string;
  /** Milliseconds from one answer to the next call. */
  readonly everyMs: number;
  /** Kinds of instruments of which it can be asked, where not all that have the channel. */
  readonly kinds?: readonly InstrumentKind[];
  /** The answer is undefined where there is nothing to tell of the instrument. */
  readonly operation: RestOperation<ListedSymbol, PolledRow | undefined>;
}
