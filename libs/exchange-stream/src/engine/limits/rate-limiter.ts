import type { Clock } from '@exchange-stream/market-data';
import type { Lane } from './budget.ts';

interface Use {
  readonly at: number;
  weight: number;
  /** The part of it of which the exchange has told. */
  ofOthers: number;
}

/**
 * Counts weighted uses so that no window of the given length, wherever it begins, ever holds more than the limit. Stricter
 * than a token bucket, which lets twice its size through around the moment at which it is refilled.
 */
export class RateLimiter {
  private readonly uses: Use[] = [];
  private used = 0;
  private stoppedUntil = 0;

  /**
   * @param limit largest total weight of a window
   * @param windowMs its length
   * @param reserved part of the limit that only heartbeats may use
   */
  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
    private readonly clock: Clock,
    private readonly reserved = 0,
  ) {}

  /** Part of the limit that the window which ends now has used up: from 0 to 1. */
  get share(): number {
    this.forget(this.clock.monotonic());
    return Math.min(1, this.used / this.limit);
  }

  /** Milliseconds until so much weight fits; zero when it does now. */
  waitMs(weight: number, lane: Lane = 'other'): number {
    const now = this.clock.monotonic();
    this.forget(now);
    const stopMs = Math.max(0, this.stoppedUntil - now);
    const limit = this.limitOf(lane);
    let excess = this.used + Math.min(weight, limit) - limit;
    if (excess <= 0) return stopMs;
    for (const use of this.uses) {
      excess -= use.weight;
      if (excess <= 0) return Math.max(stopMs, use.at + this.windowMs - now);
    }
    return stopMs;
  }

  /** What so much weight counts as: at most what a window holds. */
  counted(weight: number, lane: Lane): number {
    return Math.min(weight, this.limitOf(lane));
  }

  /**
   * Milliseconds until so much weight fits behind what goes before it, where nothing else comes between; each of these
   * counted. What fills several windows takes as many.
   */
  waitMsBehind(ahead: number, weight: number, lane: Lane): number {
    const limit = this.limitOf(lane);
    const total = ahead + weight;
    if (!(total > limit)) return this.waitMs(total, lane);
    const windows = Math.ceil(total / limit) - 1;
    return this.waitMs(total - windows * limit, lane) + windows * this.windowMs;
  }

  /** Nothing fits for so long: the exchange has told us to stop. */
  stop(durationMs: number): void {
    this.stoppedUntil = Math.max(this.stoppedUntil, this.clock.monotonic() + durationMs);
  }

  /**
   * The exchange counts so much in its window that ends now. What it knows of and we do not is of others who use the same
   * address or account. When they did is not told, so that it counts as used at this moment; what was told of them before
   * is part of it. What we know of and it does not may be on its way.
   * @param windowMs the exchange's own, shorter than the one by which we count: what is older is no part of what it tells
   */
  correct(used: number, windowMs: number): void {
    const now = this.clock.monotonic();
    this.forget(now);
    let ofOthers = used;
    for (const use of this.uses) if (use.at >= now - windowMs) ofOthers -= use.weight - use.ofOthers;
    if (ofOthers <= 0) return;
    this.forgetOthers(ofOthers);
    this.take(ofOthers, now);
    const newest = this.uses.at(-1);
    if (newest) newest.ofOthers += Math.min(ofOthers, this.limit);
  }

  /** Uses up so much at this moment, whether it fits or not. */
  take(weight: number, atMs: number): void {
    const counted = Math.min(weight, this.limit);
    this.used += counted;
    const newest = this.uses.at(-1);
    if (newest?.at === atMs) newest.weight += counted;
    else this.uses.push({ at: atMs, weight: counted, ofOthers: 0 });
  }

  /** Takes back what was taken at that moment and has not been used. */
  giveBack(weight: number, atMs: number): void {
    const use = this.uses.findLast(({ at }) => at === atMs);
    if (!use) return;
    const counted = Math.min(weight, use.weight, this.limit);
    use.weight -= counted;
    this.used -= counted;
  }

  /** Whether what was taken at that moment may be used now instead: it still counts, and nobody has told us to stop. */
  canMove(atMs: number): boolean {
    const now = this.clock.monotonic();
    return now >= this.stoppedUntil && (this.limit === Infinity || atMs > now - this.windowMs);
  }

  /** Counts what was taken at that moment from now on. Who knows that it can move calls it. */
  move(weight: number, atMs: number): void {
    this.giveBack(weight, atMs);
    this.take(weight, this.clock.monotonic());
  }

  private limitOf(lane: Lane): number {
    return lane === 'heartbeat' ? this.limit : this.limit - this.reserved;
  }

  /** Forgets so much of what was told of others, the oldest first. */
  private forgetOthers(weight: number): void {
    let left = weight;
    for (const use of this.uses) {
      const part = Math.min(use.ofOthers, left);
      use.ofOthers -= part;
      use.weight -= part;
      this.used -= part;
      left -= part;
    }
  }

  private forget(now: number): void {
    const horizon = now - this.windowMs;
    for (let oldest = this.uses[0]; oldest && oldest.at <= horizon; oldest = this.uses[0]) {
      this.uses.shift();
      this.used -= oldest.weight;
    }
  }
}
