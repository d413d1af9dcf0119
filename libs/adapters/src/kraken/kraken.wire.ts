/**
 * What Kraken sends on its WebSocket v2, in its own words. Every field is `unknown` until a reader of `decoder/fields.ts`
 * has looked at it, so these interfaces promise nothing but names. Numbers are JSON numbers, of which every digit is kept
 * (`readExactJson`): their zeros count in checksums, and ids of connections are beyond 2^53.
 *
 * Source: Kraken's documentation of Spot WebSocket v2 and REST, state 2026.
 */

/** A frame: data of a channel, or the answer to a request. */
export interface WireMessage {
  readonly channel?: unknown;
  /** `snapshot` or `update`. */
  readonly type?: unknown;
  readonly data?: unknown;
  /** Of candles, to the nanosecond. */
  readonly timestamp?: unknown;
  /** `subscribe`, `unsubscribe`, `pong`. */
  readonly method?: unknown;
  readonly req_id?: unknown;
  readonly success?: unknown;
  readonly result?: unknown;
  readonly error?: unknown;
  /** What a refusal is of. */
  readonly symbol?: unknown;
}

/** `trade`. */
export interface WireTrade {
  readonly symbol?: unknown;
  /** The taker's. */
  readonly side?: unknown;
  readonly price?: unknown;
  readonly qty?: unknown;
  /** Counts the trades of a book one by one. */
  readonly trade_id?: unknown;
  readonly timestamp?: unknown;
}

/** `ticker`, whatever triggers it. */
export interface WireTicker {
  readonly symbol?: unknown;
  readonly bid?: unknown;
  readonly bid_qty?: unknown;
  readonly ask?: unknown;
  readonly ask_qty?: unknown;
  readonly last?: unknown;
  readonly volume?: unknown;
  readonly vwap?: unknown;
  readonly low?: unknown;
  readonly high?: unknown;
  readonly change?: unknown;
  readonly change_pct?: unknown;
  /** Of newer frames. */
  readonly timestamp?: unknown;
}

/** `book`. */
export interface WireBook {
  readonly symbol?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
  readonly checksum?: unknown;
  /** Of updates. */
  readonly timestamp?: unknown;
}

/** A level of `book`. */
export interface WireLevel {
  readonly price?: unknown;
  readonly qty?: unknown;
}

/** `ohlc`. */
export interface WireCandle {
  readonly symbol?: unknown;
  readonly open?: unknown;
  readonly high?: unknown;
  readonly low?: unknown;
  readonly close?: unknown;
  readonly volume?: unknown;
  readonly trades?: unknown;
  /** Which candle it is. `timestamp`, its end, is deprecated and not read. */
  readonly interval_begin?: unknown;
  /** Minutes. */
  readonly interval?: unknown;
}

/** `status`, which comes unasked. */
export interface WireStatus {
  readonly system?: unknown;
}

/** A pair of `instrument`. */
export interface WirePair {
  readonly symbol?: unknown;
  readonly status?: unknown;
  readonly price_precision?: unknown;
  readonly qty_precision?: unknown;
}

/** A pair of REST's `AssetPairs`. */
export interface WireAssetPair {
  /** `XBT/USD` */
  readonly wsname?: unknown;
  readonly lot_decimals?: unknown;
  readonly tick_size?: unknown;
  readonly status?: unknown;
}
