import type { Trade } from './tape.ts';

/** Prices and amounts of one stretch of time, in ticks and lots. */
export interface Candle {
  readonly openTime: number;
  /** First instant after the candle. */
  readonly endTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** What was paid, in increments of the instrument's notional: ticks times lots, if it is no inverse contract. */
  readonly quoteVolume: bigint;
  readonly trades: number;
  readonly takerBuyVolume: number;
  readonly takerBuyQuoteVolume: bigint;
  /** -1 without trades. */
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** A candle in which nothing was traded: it stands at the price before it. */
export function flatCandle(openTime: number, endTime: number, price: number): Candle {
  return {
    openTime,
    endTime,
    open: price,
    high: price,
    low: price,
    close: price,
    volume: 0,
    quoteVolume: 0n,
    trades: 0,
    takerBuyVolume: 0,
    takerBuyQuoteVolume: 0n,
    firstTradeId: -1,
    lastTradeId: -1,
  };
}

/**
 * A trade seen as the smallest candle.
 * @param quoteVolume what was paid
 */
export function tradeCandle({ id, time, ticks, lots, takerSide }: Trade, quoteVolume: bigint): Candle {
  const buys = takerSide === 'buy';
  return {
    ...flatCandle(time, time + 1, ticks),
    volume: lots,
    quoteVolume,
    trades: 1,
    takerBuyVolume: buys ? lots : 0,
    takerBuyQuoteVolume: buys ? quoteVolume : 0n,
    firstTradeId: id,
    lastTradeId: id,
  };
}

/** The candle after a later one, inside its time, has been added to it. */
export function mergeCandle(candle: Candle, later: Candle): Candle {
  if (later.trades === 0) return candle;
  const first = candle.trades === 0;
  return {
    openTime: candle.openTime,
    endTime: candle.endTime,
    open: first ? later.open : candle.open,
    high: first ? later.high : Math.max(candle.high, later.high),
    low: first ? later.low : Math.min(candle.low, later.low),
    close: later.close,
    volume: candle.volume + later.volume,
    quoteVolume: candle.quoteVolume + later.quoteVolume,
    trades: candle.trades + later.trades,
    takerBuyVolume: candle.takerBuyVolume + later.takerBuyVolume,
    takerBuyQuoteVolume: candle.takerBuyQuoteVolume + later.takerBuyQuoteVolume,
    firstTradeId: first ? later.firstTradeId : candle.firstTradeId,
    lastTradeId: later.lastTradeId,
  };
}
