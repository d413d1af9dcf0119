import type { EventOrigin } from './origin.ts';

/** Statistics over the last 24 hours, rolling. Prices in quote currency, volumes and amounts as their names say. */
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
  readonly ask?: string;
  /** In base currency, or in contracts (`Instrument.contractSize`). */
  readonly askAmount?: string;
  readonly tradeCount?: number;
  /** Start of the window, milliseconds since the epoch. */
  readonly openTime?: number;
  /** End of the window, milliseconds since the epoch. */
  readonly closeTime?: number;
}
