import { flatCandle, mergeCandle, type Candle } from './candle.ts';
import type { Timeframe } from './timeframe.ts';

/** Candles of one timeframe without a hole: closed ones, then the running one. */
export class CandleSeries {
  private closedCandles: Candle[] = [];
  private current: Candle;

  /**
   * @param price the price that stood when the series begins
   * @param retained how many closed candles are kept
   * @param onClosed told of each candle when its time is over, in order and once
   */
  constructor(
    readonly timeframe: Timeframe,
    startTime: number,
    price: number,
    private readonly retained: number,
    private readonly onClosed: (candle: Candle) => void,
  ) {
    const openTime = timeframe.start(startTime);
    this.current = flatCandle(openTime, timeframe.end(openTime), price);
  }

  get closed(): readonly Candle[] {
    return this.closedCandles;
  }

  get running(): Candle {
    return this.current;
  }

  /** Adds a later, smaller candle (or a trade as one) and closes those that end before it. */
  add(candle: Candle): void {
    this.closeUntil(candle.openTime);
    this.current = mergeCandle(this.current, candle);
  }

  /** Closes every candle whose end has come. */
  closeUntil(time: number): void {
    while (this.current.endTime <= time) {
      const closed = this.current;
      this.closedCandles.push(closed);
      if (this.closedCandles.length > this.retained * 1.2) {
        this.closedCandles.splice(0, this.closedCandles.length - this.retained);
      }
      this.current = flatCandle(closed.endTime, this.timeframe.end(closed.endTime), closed.close);
      this.onClosed(closed);
    }
  }

  /** Puts earlier candles, oldest first, before those of the series. */
  prepend(earlier: readonly Candle[]): void {
    this.closedCandles = [...earlier, ...this.closedCandles].slice(-this.retained);
  }
}
