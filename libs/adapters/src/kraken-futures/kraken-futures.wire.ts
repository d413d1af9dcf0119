/**
 * What Kraken Futures sends on its WebSocket v1, in its own words. Every field is `unknown` until a reader of
 * `decoder/fields.ts` has looked at it, so these interfaces promise nothing but names. Numbers are JSON numbers, exponents
 * among them, of which every digit is kept (`readExactJson`).
 *
 * Source: Kraken's documentation of Futures WebSocket v1 and REST v3, state 2026.
 */

/** A frame: an event of the connection, or data of a feed. */
export interface WireMessage {
  /** `info`, `subscribed`, `unsubscribed`, `error`, `alert`, `challenge`. */
  readonly event?: unknown;
  readonly message?: unknown;
  readonly feed?: unknown;
  readonly product_ids?: unknown;
  readonly product_id?: unknown;
}

/** `trade`, and the rows of `trade_snapshot`. */
export interface WireTrade extends WireMessage {
  readonly uid?: unknown;
  /** The taker's. */
  readonly side?: unknown;
  /** `fill`, `liquidation`, `termination`, `block`. */
  readonly type?: unknown;
  readonly seq?: unknown;
  readonly time?: unknown;
  /** In contracts. */
  readonly qty?: unknown;
  readonly price?: unknown;
}

export interface WireTradeSnapshot extends WireMessage {
  /** The newest first. */
  readonly trades?: unknown;
}

export interface WireBookSnapshot extends WireMessage {
  readonly seq?: unknown;
  readonly timestamp?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
}

export interface WireLevel {
  readonly price?: unknown;
  readonly qty?: unknown;
}

/** `book`: one level. */
export interface WireBookUpdate extends WireMessage, WireLevel {
  readonly seq?: unknown;
  readonly side?: unknown;
  readonly timestamp?: unknown;
}

/** `ticker`, once a second at most. */
export interface WireTicker extends WireMessage {
  readonly time?: unknown;
  readonly bid?: unknown;
  readonly ask?: unknown;
  readonly bid_size?: unknown;
  readonly ask_size?: unknown;
  /** In contracts. */
  readonly volume?: unknown;
  readonly volumeQuote?: unknown;
  readonly last?: unknown;
  readonly open?: unknown;
  readonly high?: unknown;
  readonly low?: unknown;
  readonly markPrice?: unknown;
  readonly index?: unknown;
  /** In contracts. */
  readonly openInterest?: unknown;
  /** As a fraction of the position; `funding_rate` is in quote currency per contract. */
  readonly relative_funding_rate?: unknown;
  readonly relative_funding_rate_prediction?: unknown;
  readonly next_funding_rate_time?: unknown;
  readonly suspended?: unknown;
  readonly post_only?: unknown;
}

/** A row of REST's `instruments`. */
export interface WireInstrument {
  readonly symbol?: unknown;
  readonly tickSize?: unknown;
  readonly contractSize?: unknown;
  /** Decimal places of an amount; below zero, zeros at its end. */
  readonly contractValueTradePrecision?: unknown;
  readonly tradeable?: unknown;
  readonly postOnly?: unknown;
  /** Of newer lists. */
  readonly base?: unknown;
  readonly quote?: unknown;
}

/** A row of REST's charts. */
export interface WireCandle {
  readonly time?: unknown;
  readonly open?: unknown;
  readonly high?: unknown;
  readonly low?: unknown;
  readonly close?: unknown;
  /** In contracts. */
  readonly volume?: unknown;
}
