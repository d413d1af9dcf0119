/**
 * What the feed of Coinbase Exchange sends, in its own words. Every field is `unknown` until a reader of `decoder/fields.ts`
 * has looked at it, so these interfaces promise nothing but names. Numbers are text, but for ids and counts.
 *
 * Source: Exchange documentation of docs.cdp.coinbase.com, state 2026, and a recording of 2021.
 */

/** A frame: its type says what else it has. */
export interface WireMessage {
  readonly type?: unknown;
  readonly product_id?: unknown;
  /** RFC 3339. */
  readonly time?: unknown;
}

/** `snapshot`: levels `[price, amount]`. */
export interface WireSnapshot extends WireMessage {
  readonly bids?: unknown;
  readonly asks?: unknown;
}

/** `l2update`: changes `[side, price, amount]`. */
export interface WireUpdate extends WireMessage {
  readonly changes?: unknown;
}

/** `match` and `last_match`, and a row of `products/{id}/trades`. */
export interface WireMatch extends WireMessage {
  readonly trade_id?: unknown;
  /** The maker's. */
  readonly side?: unknown;
  readonly price?: unknown;
  readonly size?: unknown;
}

/** `ticker`, of the channels `ticker` and `ticker_batch`. */
export interface WireTicker extends WireMessage {
  readonly price?: unknown;
  readonly open_24h?: unknown;
  readonly high_24h?: unknown;
  readonly low_24h?: unknown;
  readonly volume_24h?: unknown;
  readonly best_bid?: unknown;
  readonly best_ask?: unknown;
}

/** `error`. */
export interface WireError extends WireMessage {
  readonly message?: unknown;
  readonly reason?: unknown;
}

/** A row of `products`. */
export interface WireProduct {
  readonly id?: unknown;
  readonly base_currency?: unknown;
  readonly quote_currency?: unknown;
  /** Steps of amounts and of prices. */
  readonly base_increment?: unknown;
  readonly quote_increment?: unknown;
  readonly status?: unknown;
  readonly trading_disabled?: unknown;
  readonly cancel_only?: unknown;
}
