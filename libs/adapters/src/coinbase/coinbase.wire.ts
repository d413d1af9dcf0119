/**
 * What Coinbase's Advanced Trade sends, in its own words. Every field is `unknown` until a reader of `decoder/fields.ts` has
 * looked at it, so these interfaces promise nothing but names. Numbers are text.
 *
 * Source: Advanced Trade documentation of docs.cdp.coinbase.com, state 2026-10, and a recording of 2026-08-09.
 */

/** A frame: data of a channel, or the answer to a request. */
export interface WireMessage {
  readonly channel?: unknown;
  /** When it was sent, RFC 3339 with nanoseconds. */
  readonly timestamp?: unknown;
  /** One count of all frames of the connection, from 0. */
  readonly sequence_num?: unknown;
  readonly events?: unknown;
  /** `error`, and then there is nothing but a message. */
  readonly type?: unknown;
  readonly message?: unknown;
}

/** One event of a frame: what it holds depends on its channel. */
export interface WireEvent {
  /** `snapshot` or `update`. */
  readonly type?: unknown;
  readonly product_id?: unknown;
  readonly updates?: unknown;
  readonly trades?: unknown;
  readonly tickers?: unknown;
  readonly candles?: unknown;
  readonly products?: unknown;
  readonly currencies?: unknown;
  readonly subscriptions?: unknown;
}

/** A level of `l2_data`. */
export interface WireLevel {
  /** `bid`, or `offer`. */
  readonly side?: unknown;
  /** In some recorded snapshots it is of 1970. */
  readonly event_time?: unknown;
  readonly price_level?: unknown;
  /** Zero removes the level. */
  readonly new_quantity?: unknown;
}

/** `market_trades`, and `market/products/{id}/ticker`. */
export interface WireTrade {
  readonly product_id?: unknown;
  readonly trade_id?: unknown;
  readonly price?: unknown;
  readonly size?: unknown;
  readonly time?: unknown;
  /** The maker's. */
  readonly side?: unknown;
}

/** `ticker` and `ticker_batch`; the latter has no best prices. */
export interface WireTicker {
  readonly product_id?: unknown;
  readonly price?: unknown;
  readonly volume_24_h?: unknown;
  readonly low_24_h?: unknown;
  readonly high_24_h?: unknown;
  readonly price_percent_chg_24_h?: unknown;
  readonly best_bid?: unknown;
  readonly best_bid_quantity?: unknown;
  readonly best_ask?: unknown;
  readonly best_ask_quantity?: unknown;
}

/** `candles`, and `market/products/{id}/candles`, which has no product. */
export interface WireCandle {
  readonly product_id?: unknown;
  /** Seconds since the epoch. */
  readonly start?: unknown;
  readonly open?: unknown;
  readonly high?: unknown;
  readonly low?: unknown;
  readonly close?: unknown;
  readonly volume?: unknown;
}

/** A row of `market/products`. */
export interface WireProduct {
  readonly product_id?: unknown;
  readonly product_type?: unknown;
  readonly base_currency_id?: unknown;
  readonly quote_currency_id?: unknown;
  readonly base_increment?: unknown;
  readonly price_increment?: unknown;
  /** `online`, `delisted`; empty of futures. */
  readonly status?: unknown;
  readonly trading_disabled?: unknown;
  readonly is_disabled?: unknown;
  readonly cancel_only?: unknown;
  /** The product whose book it shows; empty where it has one of its own. */
  readonly alias?: unknown;
  readonly future_product_details?: unknown;
}

/** `future_product_details` of a future. */
export interface WireFuture {
  /** RFC 3339. */
  readonly contract_expiry?: unknown;
  readonly contract_expiry_type?: unknown;
  readonly contract_size?: unknown;
  /** What a contract is of, `BTC`. */
  readonly contract_root_unit?: unknown;
  readonly funding_rate?: unknown;
  /** `3600s`; null of those without funding. */
  readonly funding_interval?: unknown;
  readonly open_interest?: unknown;
  readonly index_price?: unknown;
}
