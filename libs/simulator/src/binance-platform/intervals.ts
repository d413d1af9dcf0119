import { isCandleInterval, type CandleInterval } from '../market/timeframe.ts';

/** Lengths that other exchanges cut candles to. */
const ELSEWHERE: readonly string[] = ['2d', '5d', '3M'];

export function isBinanceInterval(text: string): text is CandleInterval {
  return isCandleInterval(text) && !ELSEWHERE.includes(text);
}
