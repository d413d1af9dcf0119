import type {
  DerivativesEvent,
  EventOrigin,
  LiquidationEvent,
  OptionEvent,
  PlatformStatusEvent,
  TickerEvent,
} from '@exchange-stream/market-data';

/** What a row says of itself: its event without origin and type. */
type RowOf<Event extends EventOrigin & { readonly type: string }> = Omit<Event, keyof EventOrigin | 'type'>;

/** The exchange's statement about one 24-hour window. */
export type TickerRow = RowOf<TickerEvent>;

/** What a derivative is valued at, as far as this row says: fields that are absent stand as they were told last. */
export type DerivativesRow = RowOf<DerivativesEvent>;

/** What an option is valued at, as far as this row says: fields that are absent stand as they were told last. */
export type OptionRow = RowOf<OptionEvent>;

/** A liquidation. Where the exchange names the side of the position, the adapter turns it round. */
export type LiquidationRow = RowOf<LiquidationEvent>;

/** A notice of the exchange about its platform. */
export type PlatformStatusRow = RowOf<PlatformStatusEvent>;
