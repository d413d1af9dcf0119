import {
  CandleInterval,
  haveSameNumbers,
  type CandleEvent,
  type MarketEvent,
} from '@exchange-stream/market-data';
import type { MarketCandle } from '@exchange-stream/simulator';

/**
 * A consumer that builds a series of nothing but the events, and holds them to their promises: each bucket closes once and
 * in order, unless a gap was told of it, or it is marked as a correction.
 */
export class CandleFollower {
  readonly broken: string[] = [];
  readonly closed = new Map<number, CandleEvent>();
  readonly corrections: CandleEvent[] = [];
  running: CandleEvent | undefined;
  /** Open times of buckets that were told to be missing. */
  readonly missing = new Set<number>();
  /** Those that were, at some time. */
  readonly wasMissing = new Set<number>();
  readonly states: string[] = [];
  private newestClosed = -Infinity;

  constructor(private readonly interval: CandleInterval) {}

  receive(event: MarketEvent): void {
    if (event.type === 'status') {
      this.states.push(event.state);
      const { from, to } = event.lost ?? {};
      if (from === undefined || to === undefined) return;
      for (let time = from; time <= to; time = this.interval.end(time)) {
        if (this.closed.has(time) && !this.closed.get(time)?.correction) this.wasMissing.add(time);
        if (!this.closed.has(time)) this.missing.add(time);
        this.wasMissing.add(time);
      }
      return;
    }
    if (event.type === 'candle') this.candle(event);
  }

  /** Open times of what differs from the truth, or is not there, though nobody said so. */
  differencesFrom(truth: readonly MarketCandle[], skipsQuiet = false): string[] {
    const first = Math.min(...this.closed.keys(), ...this.missing);
    return truth.flatMap(({ openTime, ...real }) => {
      if (openTime < first || !real.closed || this.missing.has(openTime)) return [];
      const told = this.closed.get(openTime);
      const name = new Date(openTime).toISOString();
      if (!told) return skipsQuiet && real.trades === 0 ? [] : [`${name} is not there`];
      const numbers = {
        ...real,
        baseVolume: real.volume,
        quoteVolume: real.quoteVolume,
        tradeCount: real.trades,
      };
      return haveSameNumbers(told, numbers)
        ? []
        : [`${name} is ${JSON.stringify(told)}, not ${JSON.stringify(real)}`];
    });
  }

  private candle(event: CandleEvent): void {
    const { openTime, closed, correction, synthetic } = event;
    const name = new Date(openTime).toISOString();
    if (!closed) {
      if (openTime <= this.newestClosed) this.broken.push(`${name} runs after a later one has closed`);
      this.running = event;
      return;
    }
    if (this.closed.has(openTime) && !correction) this.broken.push(`${name} closes twice`);
    if (openTime < this.newestClosed && !correction && !this.missing.has(openTime))
      this.broken.push(`${name} closes after a later one`);
    if (correction && !synthetic) this.corrections.push(event);
    this.closed.set(openTime, event);
    this.missing.delete(openTime);
    this.newestClosed = Math.max(this.newestClosed, openTime);
  }
}
