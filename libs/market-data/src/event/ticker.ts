import type { EventOrigin } from './origin.ts';

/**
 * Statistics over the last 24 hours, rolling. Prices in quote currency, of funding rates per day; volumes and amounts as
 * their names say.
 */
export interface TickerEvent extends EventOrigin {
  readonly type: 'ticker';
  /** Price of the last trade. */
  readonly last: string;
  /** Price of the first trade in the window. */
  readonly open?: string;
  readonly high?: string;
  readonly low?: string;
  /** `last` minus `open`. */
  readonly change?: string;
  /** `change` relative to `open`, in percent. */
  readonly changePercent?: string;
  /** Volume-weighted average price. */
  readonly weightedAverage?: string;
  readonly baseVolume?: string;
  readonly quoteVolume?: string;
  readonly bid?: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly bidAmount?: string;
  /** Of funding: for how many days. */
  readonly bidPeriodDays?: number;
  readonly ask?: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly askAmount?: string;
  /** Of funding: for how many days. */
  readonly askPeriodDays?: number;
  /** Of funding: the flash return rate, which offers may follow instead of a rate of their own. */
  readonly flashReturnRate?: string;
  /** Of funding: what is available at the flash return rate. */
  readonly flashReturnAmount?: string;
  readonly tradeCount?: number;
  /** Start of the window, milliseconds since the epoch. */
  readonly openTime?: number;
  /** End of the window, milliseconds since the epoch. */
  readonly closeTime?: number;
}
