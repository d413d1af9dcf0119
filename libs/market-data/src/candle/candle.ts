import { addDecimals, compareDecimals, multiplyDecimals } from '../decimal/decimal.ts';
import type { CandleEvent } from '../event/candle.ts';
import type { Side } from '../event/trade.ts';

/** A candle apart from whose it is. */
export type Candle = Omit<CandleEvent, 'type' | 'exchange' | 'symbol' | 'nativeSymbol' | 'sequence'>;

/** What a candle says of its bucket. */
export type CandleNumbers = Pick<
  CandleEvent,
  | 'open'
  | 'high'
  | 'low'
  | 'close'
  | 'baseVolume'
  | 'quoteVolume'
  | 'tradeCount'
  | 'takerBuyBaseVolume'
  | 'takerBuyQuoteVolume'
>;

/** One trade seen as the smallest candle. */
export function candleOfTrade(price: string, amount: string, side: Side): CandleNumbers {
  const quoteVolume = multiplyDecimals(price, amount);
  const isBuy = side === 'buy';
  return {
    open: price,
    high: price,
    low: price,
    close: price,
    baseVolume: amount,
    quoteVolume,
    tradeCount: 1,
    takerBuyBaseVolume: isBuy ? amount : '0',
    takerBuyQuoteVolume: isBuy ? quoteVolume : '0',
  };
}

/**
 * Two candles as one, the second right after the first; exact to the last digit. What one of them does not tell, the sum
 * does not either.
 */
export function joinCandles(first: CandleNumbers, second: CandleNumbers): CandleNumbers {
  const quoteVolume = sum(first.quoteVolume, second.quoteVolume);
  const takerBuyBaseVolume = sum(first.takerBuyBaseVolume, second.takerBuyBaseVolume);
  const takerBuyQuoteVolume = sum(first.takerBuyQuoteVolume, second.takerBuyQuoteVolume);
  const areCounted = first.tradeCount !== undefined && second.tradeCount !== undefined;
  return {
    open: first.open,
    high: compareDecimals(first.high, second.high) >= 0 ? first.high : second.high,
    low: compareDecimals(first.low, second.low) <= 0 ? first.low : second.low,
    close: second.close,
    baseVolume: addDecimals(first.baseVolume, second.baseVolume),
    ...(quoteVolume !== undefined && { quoteVolume }),
    ...(areCounted && { tradeCount: first.tradeCount + second.tradeCount }),
    ...(takerBuyBaseVolume !== undefined && { takerBuyBaseVolume }),
    ...(takerBuyQuoteVolume !== undefined && { takerBuyQuoteVolume }),
  };
}

/** A bucket without trades: it stands at the price before it. */
export function flatCandle(price: string): CandleNumbers {
  return {
    open: price,
    high: price,
    low: price,
    close: price,
    baseVolume: '0',
    quoteVolume: '0',
    tradeCount: 0,
  };
}

/** Whether two candles say the same of a bucket, as far as both say it; `1.5` and `1.50` are the same. */
export function haveSameNumbers(one: CandleNumbers, other: CandleNumbers): boolean {
  return (
    isSame(one.open, other.open) &&
    isSame(one.high, other.high) &&
    isSame(one.low, other.low) &&
    isSame(one.close, other.close) &&
    isSame(one.baseVolume, other.baseVolume) &&
    isSame(one.quoteVolume, other.quoteVolume) &&
    isSame(one.takerBuyBaseVolume, other.takerBuyBaseVolume) &&
    isSame(one.takerBuyQuoteVolume, other.takerBuyQuoteVolume) &&
    (one.tradeCount === undefined || other.tradeCount === undefined || one.tradeCount === other.tradeCount)
  );
}

function isSame(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || compareDecimals(one, other) === 0;
}

function sum(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || other === undefined ? undefined : addDecimals(one, other);
}
