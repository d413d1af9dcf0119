import type { Candle } from './candle.ts';
import type { CandleInterval } from './candle-interval.ts';
import { PackedCandles } from './packed-candles.ts';

/** Buckets from one open time to another, both included. Milliseconds since the epoch. */
export interface CandleRange {
  readonly from: number;
  readonly to: number;
}

/** What is known of a bucket: nothing, that nothing was traded in it, or its candle. */
const UNKNOWN = 0;
const QUIET = 1;
const HELD = 2;

/**
 * The newest candles of one series, in the order of their open times, with what is missing between them. A ring in which the
 * number of its bucket is the place of a candle: taking one in costs the same whatever is there, and one that is too old
 * for the ring is refused, so that it can never push out a newer one.
 */
export class CandleSeries {
  private readonly packed: PackedCandles;
  private readonly known: Uint8Array;
  /** Numbers of the first bucket of which something is to be known, and of the newest of which something is. */
  private first = Infinity;
  private last = -Infinity;
  private held = 0;

  /** @param capacity buckets at most, quiet and missing ones included */
  constructor(
    readonly interval: CandleInterval,
    readonly capacity: number,
  ) {
    this.packed = new PackedCandles(capacity);
    this.known = new Uint8Array(capacity);
  }

  /** Candles that it holds. */
  get size(): number {
    return this.held;
  }

  /** The candle with the greatest open time. */
  get newest(): Candle | undefined {
    for (let index = this.last; index >= this.oldestIndex; index--)
      if (this.stateOf(index) === HELD) return this.read(index);
    return undefined;
  }

  /** Whether there is a candle, or it is known that nothing was traded, for every bucket from the first to the newest. */
  get isContiguous(): boolean {
    return this.last >= this.first && this.holes().length === 0;
  }

  /** Says that the series is to reach back to a bucket: before the oldest that is known, all are missing. */
  reachBackTo(openTime: number): void {
    this.first = Math.min(this.first, this.interval.indexOf(openTime));
  }

  /** Takes a candle in, in place of one of the same bucket. Returns whether it is new enough. */
  set(candle: Candle): boolean {
    const index = this.interval.indexOf(candle.openTime);
    if (!this.mark(index, HELD)) return false;
    this.packed.write(this.placeOf(index), candle);
    return true;
  }

  /** Nothing was traded in a bucket. Returns whether it is new enough. */
  setQuiet(openTime: number): boolean {
    return this.mark(this.interval.indexOf(openTime), QUIET);
  }

  /** The candle of the bucket that a time is in. */
  at(time: number): Candle | undefined {
    const index = this.interval.indexOf(time);
    return this.stateOf(index) === HELD ? this.read(index) : undefined;
  }

  /** Whether it is known what was traded in the bucket that a time is in, be it nothing. */
  knows(time: number): boolean {
    return this.stateOf(this.interval.indexOf(time)) !== UNKNOWN;
  }

  /** The candles of all buckets that lie within two times, both included, oldest first. */
  candles(from = -Infinity, to = Infinity): Candle[] {
    const candles: Candle[] = [];
    const end = Math.min(this.last, this.indexWithin(to));
    for (let index = Math.max(this.oldestIndex, this.indexWithin(from)); index <= end; index++)
      if (this.stateOf(index) === HELD) candles.push(this.read(index));
    return candles;
  }

  /** What is missing between two times, both included, as far as the series reaches; oldest first. */
  holes(from = -Infinity, to = Infinity): CandleRange[] {
    const holes: CandleRange[] = [];
    const end = Math.min(this.last, this.indexWithin(to));
    let begin: number | undefined;
    for (let index = Math.max(this.oldestIndex, this.indexWithin(from)); index <= end + 1; index++) {
      const isMissing = index <= end && this.stateOf(index) === UNKNOWN;
      if (isMissing) begin ??= index;
      else if (begin !== undefined) {
        holes.push({ from: this.interval.openTime(begin), to: this.interval.openTime(index - 1) });
        begin = undefined;
      }
    }
    return holes;
  }

  clear(): void {
    this.known.fill(UNKNOWN);
    this.first = Infinity;
    this.last = -Infinity;
    this.held = 0;
  }

  /** The oldest bucket that has a place, and of which something is to be known. */
  private get oldestIndex(): number {
    return Math.max(this.first, this.last - this.capacity + 1);
  }

  private indexWithin(time: number): number {
    return Number.isFinite(time) ? this.interval.indexOf(time) : time;
  }

  private placeOf(index: number): number {
    return ((index % this.capacity) + this.capacity) % this.capacity;
  }

  private stateOf(index: number): number {
    if (index > this.last || index <= this.last - this.capacity) return UNKNOWN;
    return this.known[this.placeOf(index)] ?? UNKNOWN;
  }

  private mark(index: number, state: typeof QUIET | typeof HELD): boolean {
    if (!Number.isSafeInteger(index) || index <= this.last - this.capacity) return false;
    if (index > this.last) this.advance(index);
    const place = this.placeOf(index);
    if (this.known[place] === HELD) this.held--;
    if (state === HELD) this.held++;
    this.known[place] = state;
    this.first = Math.min(this.first, index);
    return true;
  }

  /** Makes room up to a bucket: what held the places before is too old from here on. */
  private advance(index: number): void {
    const from = Math.max(this.last + 1, index - this.capacity + 1);
    for (let next = from; next <= index; next++) {
      const place = this.placeOf(next);
      if (this.known[place] === HELD) this.held--;
      this.known[place] = UNKNOWN;
    }
    this.last = index;
  }

  private read(index: number): Candle {
    const { interval } = this;
    return {
      interval: interval.text,
      openTime: interval.openTime(index),
      closeTime: interval.openTime(index + 1),
      ...this.packed.read(this.placeOf(index)),
    };
  }
}
