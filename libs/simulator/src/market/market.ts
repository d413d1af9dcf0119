import type { CandleInterval } from './timeframe.ts';

/** How the simulated market looks and how fast it lives. */
export interface MarketOptions {
  /**
   * Which of the exchange's simulated symbols are listed, in the exchange's own spelling; where its categories share
   * symbols, with the category before, such as `linear:BTCUSDT`. Default: all.
   */
  readonly symbols: readonly string[];
  /** Mean time between two steps of one symbol, in milliseconds. Default 100. */
  readonly stepMs: number;
  /** Multiplies orders and quotes a second. Default 1; 0 is a market in which only the best quotes move. */
  readonly activity: number;
  /** Levels on each side of a book. Default 400. */
  readonly depthLevels: number;
  /**
   * When candle history begins, in milliseconds since the epoch. Default: the UTC midnight 30 days before the start;
   * at most 60 days are kept.
   */
  readonly startTime: number;
}

/** A price level: price and amount in the exchange's own digits. */
export type PriceLevel = readonly [price: string, amount: string];

/** A whole book at one update. */
export interface MarketBook {
  readonly lastUpdateId: number;
  /** Best (highest) first. */
  readonly bids: readonly PriceLevel[];
  /** Best (lowest) first. */
  readonly asks: readonly PriceLevel[];
}

export interface MarketTrade {
  readonly id: number;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly price: string;
  /** In the base asset; of a derivative in its contracts. */
  readonly amount: string;
  readonly takerSide: 'buy' | 'sell';
}

export interface MarketCandle {
  /** Milliseconds since the epoch. */
  readonly openTime: number;
  /** First instant after the candle, in milliseconds since the epoch. */
  readonly endTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  /** In the base asset; of a derivative in its contracts. */
  readonly volume: string;
  /** In the quote asset; of inverse contracts in the base asset. */
  readonly quoteVolume: string;
  readonly trades: number;
  readonly closed: boolean;
}

/** What a derivative has beside a book and trades. Each exchange rounds the numbers in its own way. */
export interface MarketDerivatives {
  readonly markPrice: number;
  /** In the quote asset. */
  readonly indexPrice: number;
  /** In contracts. */
  readonly openInterest: string;
  /** Estimated for the payment to come, as a fraction; perpetuals only. */
  readonly fundingRate?: number;
  /** Milliseconds since the epoch; perpetuals only. */
  readonly nextFundingTime?: number;
  /** The latest 1000 or more, oldest first. */
  readonly liquidations: readonly MarketLiquidation[];
}

export interface MarketLiquidation {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Of the order that closed the position: `sell` ends a long one. */
  readonly side: 'buy' | 'sell';
  /** Price of that order. */
  readonly price: string;
  /** In contracts. */
  readonly amount: string;
}

/**
 * The truth behind a simulated exchange: what a client that did everything right must have. Symbols are the
 * exchange's own; an unlisted one throws `UnknownSymbolError`.
 */
export interface Market {
  /** What is listed, closed ones included. */
  readonly symbols: readonly string[];
  readonly paused: boolean;
  /** The whole book as of now, not yet published changes included. */
  book(symbol: string): MarketBook;
  /**
   * The whole book when `updateId` was its latest change, for comparing what clients held at that number; undefined where
   * that is more than some 10,000 changes ago, or never was. Where books were counted anew, the latest count goes first.
   */
  bookAt(symbol: string, updateId: number): MarketBook | undefined;
  /** The latest 1000 trades or more, oldest first. */
  trades(symbol: string): readonly MarketTrade[];
  /** Closed candles, oldest first, then the running one. */
  candles(symbol: string, interval: CandleInterval): readonly MarketCandle[];
  /** Stops quotes and trades. All changes so far are published at once, so that clients can converge to `book`. */
  pause(): void;
  resume(): void;
  /** What a derivative has beside a book and trades; undefined for spot. */
  derivatives(symbol: string): MarketDerivatives | undefined;
  /** Lists one more of the exchange's simulated symbols, as for a market that opens. */
  list(symbol: string): void;
  /** Opens a symbol that is listed as one which does not trade. */
  open(symbol: string): void;
  /** Ends the trading of a symbol for good. The exchange goes on naming it, as one that is closed. */
  delist(symbol: string): void;
  /** Stops quotes and trades of one symbol. */
  halt(symbol: string): void;
  /** Lets a symbol that was halted trade again. */
  reopen(symbol: string): void;
}

/** Thrown when a symbol is not listed in the simulated market. */
export class UnknownSymbolError extends Error {
  readonly code = 'UNKNOWN_SYMBOL';

  constructor(symbol: string, listed: readonly string[]) {
    super(`The simulated market does not list ${JSON.stringify(symbol)}. Listed: ${listed.join(', ')}.`);
    this.name = 'UnknownSymbolError';
  }
}
