import type { Candle } from './candle.ts';
import type { CandleSeries } from './candle-series.ts';

/** What happened in the time before now, such as the last 24 hours. In ticks and lots. */
export interface RollingWindow {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly last: number;
  /** The price that stood before the window. */
  readonly previousClose: number;
  readonly volume: number;
  readonly quoteVolume: bigint;
  readonly trades: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
}

/** Adds up the minutes of a window; it slides by whole minutes. */
export function rollingWindow(minutes: CandleSeries, now: number, lengthMs: number): RollingWindow {
  const running = minutes.running;
  let open = running.open;
  let { high, low, volume, quoteVolume, trades, firstTradeId, lastTradeId } = running;
  let previousClose = open;
  for (let index = minutes.closed.length - 1; index >= 0; index--) {
    const minute: Candle | undefined = minutes.closed[index];
    if (minute === undefined) break;
    previousClose = minute.close;
    if (minute.openTime <= now - lengthMs) break;
    open = minute.open;
    previousClose = minute.open;
    high = Math.max(high, minute.high);
    low = Math.min(low, minute.low);
    volume += minute.volume;
    quoteVolume += minute.quoteVolume;
    trades += minute.trades;
    if (minute.trades > 0) firstTradeId = minute.firstTradeId;
    if (lastTradeId === -1) lastTradeId = minute.lastTradeId;
  }
  return {
    open,
    high,
    low,
    last: running.close,
    previousClose,
    volume,
    quoteVolume,
    trades,
    firstTradeId,
    lastTradeId,
  };
}
