import {
  CandleSeries,
  haveSameNumbers,
  joinCandles,
  type Candle,
  type CandleInterval,
  type CandleNumbers,
  type CandleRange,
} from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';
import type { CandleHooks } from './candle-hooks.ts';
import type { CandleKeeper } from './candle-keeper.ts';
import type { CandleRules } from './candle-rules.ts';
import { CandleSynchronizer } from './candle-synchronizer.ts';
import { derivedCandle, joinedParts } from './joined-parts.ts';

const LEAST_KEPT = 64;

/**
 * Candles of an interval that the exchange does not have, made of smaller ones. These are kept without holes as any others;
 * a candle is told only when all of its parts are, and told once more when one of them turns out otherwise.
 */
export class DerivedCandles implements CandleKeeper {
  readonly keepsPast = true;
  readonly series: CandleSeries;
  private readonly parts: CandleSynchronizer;
  /** Number of the bucket whose parts come now. */
  private current = -Infinity;
  /** What its closed parts come to. */
  private sum: CandleNumbers | undefined;
  private newestPart: Candle | undefined;
  private isComplete = false;
  /** Buckets before the running one that the series begins with. */
  private readonly reach: number;

  constructor(
    rules: CandleRules,
    private readonly whole: CandleInterval,
    private readonly hooks: CandleHooks,
    jitterMs = 0,
  ) {
    this.series = new CandleSeries(whole, Math.max(rules.history + 2, LEAST_KEPT));
    this.parts = new CandleSynchronizer(
      rules,
      {
        ...hooks,
        deliver: (part) => this.part(part),
        settled: (time) => this.settled(time),
        broken: (reason, lost) => hooks.broken(reason, { ...lost, ...this.wholeOf(lost) }),
      },
      jitterMs,
    );
    this.reach = rules.history;
  }

  get live(): boolean {
    return this.parts.live;
  }

  get waiting(): number {
    return this.parts.waiting;
  }

  get isSeeding(): boolean {
    return this.parts.isSeeding;
  }

  get isPolled(): boolean {
    return this.parts.isPolled;
  }

  get isReady(): boolean {
    return this.parts.isReady && this.series.isContiguous;
  }

  takeFilled(): CandleRange | undefined {
    const filled = this.parts.takeFilled();
    return filled && this.wholeOf(filled);
  }

  snapshot(): Candle[] {
    if (this.reach === 0 || !Number.isFinite(this.current)) return [];
    return this.series.candles(this.whole.openTime(this.current - this.reach));
  }

  begin(): void {
    this.parts.begin();
  }

  reset(): void {
    this.parts.reset();
  }

  row(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void {
    this.parts.row(receivedAt, exchangeTime, row);
  }

  found(...answer: Parameters<CandleKeeper['found']>): void {
    this.parts.found(...answer);
  }

  unavailable(reason: string): void {
    this.parts.unavailable(reason);
  }

  withdrawn(): void {
    this.parts.withdrawn();
  }

  leaveWorld(): void {
    this.parts.leaveWorld();
    this.series.clear();
    this.current = -Infinity;
    this.sum = this.newestPart = undefined;
  }

  wake(): void {
    this.parts.wake();
  }

  /** A part is told: each makes one event, or none where the candle cannot be told. */
  private part(part: Candle): void {
    const index = this.whole.indexOf(part.openTime);
    if (index < this.current || part.correction) return this.again(index);
    if (index > this.current) this.next(index, part);
    const numbers = this.sum ? joinCandles(this.sum, part) : part;
    const isLast = part.closed && part.closeTime === this.whole.openTime(index + 1);
    if (part.closed) this.sum = numbers;
    this.newestPart = part;
    if (!this.isComplete) return this.hooks.ended('dropped', 1);
    this.tell(derivedCandle(this.whole, index, numbers, part, isLast));
  }

  private next(index: number, part: Candle): void {
    this.current = index;
    this.sum = this.newestPart = undefined;
    const start = this.whole.openTime(index);
    this.isComplete =
      this.parts.reachesBackTo(start) && this.parts.series.holes(start, part.openTime).length === 0;
  }

  /** Every part that ends by this time is told: a candle whose last parts were quiet has come to its end. */
  private settled(time: number): void {
    const end = this.whole.openTime(this.current + 1);
    if (time < end) return;
    const start = this.whole.openTime(this.current);
    const { sum, newestPart } = this;
    const isTold = this.series.at(start)?.closed === true;
    const isWhole = this.isComplete && this.parts.series.holes(start, end - 1).length === 0;
    if (!isTold && sum && newestPart && isWhole) {
      this.hooks.added(1);
      this.tell(derivedCandle(this.whole, this.current, sum, newestPart, true));
    }
    this.hooks.settled(time);
  }

  /** A part of a candle before has come late, or has turned out otherwise. */
  private again(index: number): void {
    const [start, end] = [this.whole.openTime(index), this.whole.openTime(index + 1)];
    if (index === this.current) {
      // Its closed parts are added up anew.
      const closed = this.parts.series.candles(start, end - 1).filter((candle) => candle.closed);
      const [first, ...others] = closed;
      this.sum = first && others.reduce<CandleNumbers>(joinCandles, first);
      return this.hooks.ended('dropped', 1);
    }
    const isWhole = this.parts.reachesBackTo(start) && this.parts.series.holes(start, end - 1).length === 0;
    const [candle] = joinedParts(this.whole, this.parts.series.candles(start, end - 1), () => isWhole);
    const known = this.series.at(start);
    if (!candle || (known?.closed && haveSameNumbers(known, candle))) return this.hooks.ended('dropped', 1);
    this.tell(known?.closed ? { ...candle, correction: true } : candle);
  }

  private tell(candle: Candle): void {
    this.series.set(candle);
    this.hooks.deliver(candle);
  }

  private wholeOf({ from, to }: CandleRange): CandleRange {
    return { from: this.whole.start(from), to: this.whole.start(to) };
  }
}
