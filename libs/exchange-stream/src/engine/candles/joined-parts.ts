import {
  joinCandles,
  type Candle,
  type CandleInterval,
  type CandleNumbers,
} from '@exchange-stream/market-data';
import { toldCandle } from './told-candle.ts';

/** Candles of a larger interval made of closed smaller ones, oldest first; buckets with a hole are left out. */
export function joinedParts(
  whole: CandleInterval,
  parts: readonly Candle[],
  isComplete: (openTime: number) => boolean,
): Candle[] {
  const sums = new Map<number, { numbers: CandleNumbers; last: Candle }>();
  for (const part of parts) {
    const index = whole.indexOf(part.openTime);
    const before = sums.get(index);
    sums.set(index, { numbers: before ? joinCandles(before.numbers, part) : part, last: part });
  }
  return [...sums].flatMap(([index, { numbers, last }]) =>
    isComplete(whole.openTime(index)) ? [derivedCandle(whole, index, numbers, last, true)] : [],
  );
}

/** A candle of a larger interval, as new as the newest of its parts. */
export function derivedCandle(
  whole: CandleInterval,
  index: number,
  numbers: CandleNumbers,
  { receivedAt, exchangeTime }: Candle,
  closed: boolean,
): Candle {
  return toldCandle(whole, index, numbers, { receivedAt, exchangeTime, source: 'derived' }, closed);
}
