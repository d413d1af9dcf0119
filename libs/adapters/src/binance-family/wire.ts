/**
 * What Binance sends, in its own one-letter words. Every field is `unknown` until a reader of `decoder/fields.ts` has
 * looked at it, so these interfaces promise nothing but names. Any JSON object fits them all.
 *
 * Source: Binance Spot WebSocket Streams / REST documentation, state 2026-07, changelog to 2026-09-18; of futures, the
 * official clients derivatives-trading-usds-futures 38.1.1 and -coin-futures 8.0.1 of 2026-09-22.
 */

/** Which of the exchanges of futures a row is of, where it says so: since 2026-06-30 streams of all symbols mix both. */
export interface WireSegment {
  /** 1: USD-M, 2: COIN-M. */
  readonly st?: unknown;
}

/** A frame that is not a bare payload: the envelope of combined streams, or an answer to a request. */
export interface WireMessage {
  /** Topic of the payload in `data`. */
  readonly stream?: unknown;
  readonly data?: unknown;
  /** Id of the request that this answers. */
  readonly id?: unknown;
  /** `null` for a request that was carried out, data for a question. */
  readonly result?: unknown;
  /** Either `{code, msg}` stand in the message itself … */
  readonly code?: unknown;
  readonly msg?: unknown;
  /** … or in here; both forms are seen. */
  readonly error?: unknown;
}

/** `<symbol>@trade` and `<symbol>@aggTrade`. */
export interface WireTrade {
  /** Event: `trade` or `aggTrade`. */
  readonly e?: unknown;
  /** Trade id, in `trade`. */
  readonly t?: unknown;
  /** Id of the aggregated trade, in `aggTrade`. */
  readonly a?: unknown;
  /** First and last id of the raw trades, in `aggTrade`. */
  readonly f?: unknown;
  readonly l?: unknown;
  readonly p?: unknown;
  readonly q?: unknown;
  /** Time of the trade. */
  readonly T?: unknown;
  /** Whether the buyer was the maker: then the taker sold. */
  readonly m?: unknown;
  /** Of futures, what kind of deal it was: `MARKET`, or one that no taker made (`INSURANCE_FUND`, `ADL`, `NA`). */
  readonly X?: unknown;
}

/** A row of `historicalTrades`; those of `aggTrades` are written as on the stream. */
export interface WireOldTrade {
  readonly id?: unknown;
  readonly price?: unknown;
  readonly qty?: unknown;
  readonly time?: unknown;
  /** Whether the buyer was the maker: then the taker sold. */
  readonly isBuyerMaker?: unknown;
}

/** `<symbol>@bookTicker`: of spot it names no event and no time. */
export interface WireQuote {
  readonly E?: unknown;
  /** Update id of the book. */
  readonly u?: unknown;
  readonly b?: unknown;
  readonly B?: unknown;
  readonly a?: unknown;
  readonly A?: unknown;
}

/** `<symbol>@ticker`. */
export interface WireTicker {
  readonly e?: unknown;
  readonly E?: unknown;
  /** Last, open, high, low price. */
  readonly c?: unknown;
  readonly o?: unknown;
  readonly h?: unknown;
  readonly l?: unknown;
  /** Price change, absolute and in percent. */
  readonly p?: unknown;
  readonly P?: unknown;
  /** Volume-weighted average price. */
  readonly w?: unknown;
  /** Base and quote volume. */
  readonly v?: unknown;
  readonly q?: unknown;
  /** Best bid and ask with their amounts. */
  readonly b?: unknown;
  readonly B?: unknown;
  readonly a?: unknown;
  readonly A?: unknown;
  /** Start and end of the window, number of trades in it. */
  readonly O?: unknown;
  readonly C?: unknown;
  readonly n?: unknown;
}

/** `<symbol>@kline_<interval>`: the candle stands in `k`. */
export interface WireCandleEvent {
  readonly e?: unknown;
  readonly E?: unknown;
  readonly k?: unknown;
}

export interface WireCandle {
  readonly i?: unknown;
  /** First and last instant of the bucket; `T` is inclusive (…999). */
  readonly t?: unknown;
  readonly T?: unknown;
  readonly o?: unknown;
  readonly h?: unknown;
  readonly l?: unknown;
  readonly c?: unknown;
  /** Base and quote volume, of all trades and of those whose taker bought. */
  readonly v?: unknown;
  readonly q?: unknown;
  readonly V?: unknown;
  readonly Q?: unknown;
  readonly n?: unknown;
  /** First and last trade id. */
  readonly f?: unknown;
  readonly L?: unknown;
  /** Whether the bucket is over. */
  readonly x?: unknown;
}

/** `<symbol>@depth`: changed levels. */
export interface WireBookUpdate {
  readonly e?: unknown;
  readonly E?: unknown;
  /** First and last update id in this event. */
  readonly U?: unknown;
  readonly u?: unknown;
  /** Of futures, the last update id of the event before. */
  readonly pu?: unknown;
  readonly b?: unknown;
  readonly a?: unknown;
}

/** `<symbol>@depth5|10|20` of spot and REST `depth`: whole levels. Names neither event nor symbol. */
export interface WireBook {
  /** Of REST of futures, when the answer was made. */
  readonly E?: unknown;
  readonly lastUpdateId?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
}
