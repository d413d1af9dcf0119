/**
 * What Bybit sends, in its own words. Every field is `unknown` until a reader of `decoder/fields.ts` has looked at it, so
 * these interfaces promise nothing but names. Any JSON object fits them all.
 *
 * Source: Bybit v5 documentation (bybit-exchange/docs), state 2026-07-24, change log to 2026-10-06.
 */

/** A frame: rows of a topic, or an answer. */
export interface WireMessage {
  readonly topic?: unknown;
  /** `snapshot` or `delta`. */
  readonly type?: unknown;
  /** When it was pushed. */
  readonly ts?: unknown;
  /** When the matching engine made it: of books. */
  readonly cts?: unknown;
  readonly data?: unknown;
  /** What an answer is to: `subscribe`, `unsubscribe`, `ping`, `pong`; of options and spreads only in pongs. */
  readonly op?: unknown;
  readonly success?: unknown;
  readonly ret_msg?: unknown;
  /** Ours, where it is repeated. */
  readonly req_id?: unknown;
}

/** A row of `publicTrade.<symbol>`. */
export interface WireTrade {
  /** Id of the trade: a UUID of derivatives, digits of spot. */
  readonly i?: unknown;
  /** Time of the trade. */
  readonly T?: unknown;
  readonly s?: unknown;
  /** `Buy` or `Sell`: the side of the taker. */
  readonly S?: unknown;
  readonly p?: unknown;
  readonly v?: unknown;
  /** Whether it is a block trade. */
  readonly BT?: unknown;
}

/** `orderbook.<depth>.<symbol>`. */
export interface WireBook {
  readonly s?: unknown;
  readonly b?: unknown;
  readonly a?: unknown;
  /** Number of the update, one by one for each topic; 1 after a restart of the service. */
  readonly u?: unknown;
}

/** `tickers.<symbol>`; of linear and inverse contracts a delta has only what has changed. */
export interface WireTicker {
  readonly lastPrice?: unknown;
  /** Price of 24 hours ago. */
  readonly prevPrice24h?: unknown;
  readonly highPrice24h?: unknown;
  readonly lowPrice24h?: unknown;
  /** Change as a fraction: `0.0196` is 1.96 %; of options `change24h`. */
  readonly price24hPcnt?: unknown;
  readonly change24h?: unknown;
  /** Of inverse contracts the volume is in contracts of 1 USD, and the turnover in the base coin. */
  readonly volume24h?: unknown;
  readonly turnover24h?: unknown;
  /** Best prices of linear and inverse contracts … */
  readonly bid1Price?: unknown;
  readonly bid1Size?: unknown;
  readonly ask1Price?: unknown;
  readonly ask1Size?: unknown;
  /** … and of options; spot has none. */
  readonly bidPrice?: unknown;
  readonly bidSize?: unknown;
  readonly askPrice?: unknown;
  readonly askSize?: unknown;
  readonly markPrice?: unknown;
  readonly indexPrice?: unknown;
  readonly fundingRate?: unknown;
  readonly nextFundingTime?: unknown;
  readonly fundingIntervalHour?: unknown;
  /** Both sides together: each contract counts twice. */
  readonly openInterest?: unknown;
  readonly openInterestValue?: unknown;
  /** Each contract once; since 2026-06. */
  readonly singleOpenInterest?: unknown;
  readonly singleOpenInterestValue?: unknown;
  readonly predictedDeliveryPrice?: unknown;
  readonly markPriceIv?: unknown;
  readonly bidIv?: unknown;
  readonly askIv?: unknown;
  readonly underlyingPrice?: unknown;
  readonly delta?: unknown;
  readonly gamma?: unknown;
  readonly vega?: unknown;
  readonly theta?: unknown;
}

/** A row of `kline.<interval>.<symbol>`. */
export interface WireCandle {
  /** First and last instant of the bucket; `end` is inclusive (…999). */
  readonly start?: unknown;
  readonly end?: unknown;
  readonly interval?: unknown;
  readonly open?: unknown;
  readonly high?: unknown;
  readonly low?: unknown;
  readonly close?: unknown;
  readonly volume?: unknown;
  readonly turnover?: unknown;
  /** Whether the bucket is over. */
  readonly confirm?: unknown;
}

/** A row of `allLiquidation.<symbol>`. */
export interface WireLiquidation {
  readonly T?: unknown;
  readonly s?: unknown;
  /** Side of the position: `Buy` where a long is liquidated. */
  readonly S?: unknown;
  readonly v?: unknown;
  /** Price at which the position is bankrupt. */
  readonly p?: unknown;
}

/** A row of `system.status`. */
export interface WireNotice {
  readonly id?: unknown;
  readonly title?: unknown;
  /** `scheduled`, `ongoing`, `completed`, `canceled`. */
  readonly state?: unknown;
  readonly begin?: unknown;
  readonly end?: unknown;
  readonly href?: unknown;
}

/** An entry of `GET /v5/market/instruments-info`. */
export interface WireInstrument {
  readonly symbol?: unknown;
  /** `LinearPerpetual`, `LinearFutures`, `InversePerpetual`, `InverseFutures`; absent of spot and options. */
  readonly contractType?: unknown;
  readonly status?: unknown;
  readonly baseCoin?: unknown;
  readonly quoteCoin?: unknown;
  readonly settleCoin?: unknown;
  /** `Call` or `Put`. */
  readonly optionsType?: unknown;
  /** Milliseconds as text. */
  readonly deliveryTime?: unknown;
  readonly priceFilter?: unknown;
  readonly lotSizeFilter?: unknown;
}
