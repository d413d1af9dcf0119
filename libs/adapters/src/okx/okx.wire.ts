/**
 * What OKX sends, in its own words. Every field is `unknown` until a reader of `decoder/fields.ts` has looked at it, so
 * these interfaces promise nothing but names. Numbers are text, and text that is empty is a number that there is none of.
 *
 * Source: OKX API v5 documentation and change log, state 2026-10-09.
 */

/** A frame: data of a subscription, or an event of the connection. */
export interface WireMessage {
  /** What the data is of, in the words of the subscription. */
  readonly arg?: unknown;
  /** Of books: `snapshot` or `update`. */
  readonly action?: unknown;
  readonly data?: unknown;
  /** `subscribe`, `unsubscribe`, `error`, `notice`, `channel-conn-count` … */
  readonly event?: unknown;
  /** Of the request that an event answers, where that named one. */
  readonly id?: unknown;
  readonly code?: unknown;
  readonly msg?: unknown;
}

/** `trades` (several fills of one taker at one price in one) and `trades-all`. */
export interface WireTrade {
  readonly tradeId?: unknown;
  readonly px?: unknown;
  readonly sz?: unknown;
  /** The taker's. */
  readonly side?: unknown;
  readonly ts?: unknown;
}

/** `tickers`. */
export interface WireTicker {
  readonly last?: unknown;
  readonly askPx?: unknown;
  readonly askSz?: unknown;
  readonly bidPx?: unknown;
  readonly bidSz?: unknown;
  readonly open24h?: unknown;
  readonly high24h?: unknown;
  readonly low24h?: unknown;
  /** Of spot in base currency, of derivatives in contracts. */
  readonly vol24h?: unknown;
  /** Of spot in quote currency, of derivatives in base currency. */
  readonly volCcy24h?: unknown;
  readonly ts?: unknown;
}

/** `books`, `books-rpi`, `books5`, `bbo-tbt` and REST `market/books`. Levels are `[price, amount, …, orders]`. */
export interface WireBook {
  readonly asks?: unknown;
  readonly bids?: unknown;
  readonly ts?: unknown;
  /** 0 since 2026-06-23, and then none. */
  readonly checksum?: unknown;
  /** -1 in a snapshot. */
  readonly prevSeqId?: unknown;
  readonly seqId?: unknown;
}

/** An entry of `public/instruments` and of the channel `instruments`. */
export interface WireInstrument {
  readonly instType?: unknown;
  readonly instId?: unknown;
  /** Of derivatives, `BTC-USD`: base and quote. */
  readonly uly?: unknown;
  /** Of spot. */
  readonly baseCcy?: unknown;
  readonly quoteCcy?: unknown;
  /** Of derivatives. */
  readonly settleCcy?: unknown;
  /** A contract is `ctVal` × `ctMult` of `ctValCcy`. */
  readonly ctVal?: unknown;
  readonly ctMult?: unknown;
  readonly ctValCcy?: unknown;
  /** Of options: strike, and `C` or `P`. */
  readonly stk?: unknown;
  readonly optType?: unknown;
  /** Milliseconds since the epoch. */
  readonly expTime?: unknown;
  readonly tickSz?: unknown;
  readonly lotSz?: unknown;
  readonly state?: unknown;
}

/** `liquidation-orders`: those of one instrument. */
export interface WireLiquidations {
  readonly instId?: unknown;
  readonly details?: unknown;
}

export interface WireLiquidation {
  /** Of the order that closes the position: `buy` of a short. */
  readonly side?: unknown;
  /** The price at which the position is bankrupt. */
  readonly bkPx?: unknown;
  /** In contracts. */
  readonly sz?: unknown;
  readonly ts?: unknown;
}

/** `opt-summary`. `deltaBS` is that of Black and Scholes, `delta` another one, in coins; some write `deltaBs`. */
export interface WireOption {
  readonly instId?: unknown;
  readonly deltaBS?: unknown;
  readonly gammaBS?: unknown;
  readonly vegaBS?: unknown;
  readonly thetaBS?: unknown;
  readonly deltaBs?: unknown;
  readonly gammaBs?: unknown;
  readonly vegaBs?: unknown;
  readonly thetaBs?: unknown;
  /** Volatilities, `0.53` for 53 %. */
  readonly markVol?: unknown;
  readonly bidVol?: unknown;
  readonly askVol?: unknown;
  /** Price of the underlying at expiry. */
  readonly fwdPx?: unknown;
  readonly ts?: unknown;
}

/** `status`. */
export interface WireNotice {
  readonly title?: unknown;
  /** `scheduled`, `ongoing`, `pre_open`, `completed`, `canceled`. */
  readonly state?: unknown;
  readonly begin?: unknown;
  readonly end?: unknown;
  readonly href?: unknown;
  readonly ts?: unknown;
}

/** `mark-price`, `index-tickers`, `funding-rate` and `open-interest`: what each of them has. */
export interface WireValues {
  readonly instId?: unknown;
  readonly markPx?: unknown;
  readonly idxPx?: unknown;
  readonly fundingRate?: unknown;
  /** When `fundingRate` is paid, and when the next one after it. */
  readonly fundingTime?: unknown;
  readonly nextFundingTime?: unknown;
  /** In rows of the past. */
  readonly nextFundingRate?: unknown;
  /** In contracts, in base currency, in dollars. */
  readonly oi?: unknown;
  readonly oiCcy?: unknown;
  readonly oiUsd?: unknown;
  readonly ts?: unknown;
}
