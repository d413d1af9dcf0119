import type { Candle } from './candle.ts';
import type { CandleSeries } from './candle-series.ts';

const MINUTE_MS = 60_000;

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
export class RollingWindows {
  /** By length: the closed minutes in the window, which stay the same for a minute. */
  private readonly past = new Map<number, Past>();

  of(minutes: CandleSeries, now: number, lengthMs: number): RollingWindow {
    const { running } = minutes;
    const after = Math.floor((now - lengthMs) / MINUTE_MS) * MINUTE_MS;
    let past = this.past.get(lengthMs);
    if (past?.until !== running.openTime || past.after !== after) {
      past = pastOf(minutes, after);
      this.past.set(lengthMs, past);
    }
    return {
      open: past.open,
      high: Math.max(past.high, running.high),
      low: Math.min(past.low, running.low),
      last: running.close,
      previousClose: past.previousClose,
      volume: past.volume + running.volume,
      quoteVolume: past.quoteVolume + running.quoteVolume,
      trades: past.trades + running.trades,
      firstTradeId: past.firstTradeId === -1 ? running.firstTradeId : past.firstTradeId,
      lastTradeId: running.lastTradeId === -1 ? past.lastTradeId : running.lastTradeId,
    };
  }
}

interface Past extends Omit<RollingWindow, 'last'> {
  /** Opening time of the minute that ran when it was added up. */
  readonly until: number;
  /** The minutes opened after this instant. */
  readonly after: number;
}

function pastOf({ closed, running }: CandleSeries, after: number): Past {
  let { open } = running;
  let previousClose = open;
  let [high, low, volume, quoteVolume, trades] = [running.high, running.low, 0, 0n, 0];
  let [firstTradeId, lastTradeId] = [-1, -1];
  for (let index = closed.length - 1; index >= 0; index--) {
    const minute: Candle | undefined = closed[index];
    if (minute === undefined) break;
    previousClose = minute.close;
    if (minute.openTime <= after) break;
    open = previousClose = minute.open;
    high = Math.max(high, minute.high);
    low = Math.min(low, minute.low);
    volume += minute.volume;
    quoteVolume += minute.quoteVolume;
    trades += minute.trades;
    if (minute.trades > 0) firstTradeId = minute.firstTradeId;
    if (lastTradeId === -1) lastTradeId = minute.lastTradeId;
  }
  const until = running.openTime;
  return {
    until,
    after,
    open,
    high,
    low,
    previousClose,
    volume,
    quoteVolume,
    trades,
    firstTradeId,
    lastTradeId,
  };
}
