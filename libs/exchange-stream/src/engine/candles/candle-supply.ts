import type { CandleRules } from './candle-rules.ts';

/** How long the stream may be away before REST takes its place, and has to hold before it is relied on again. */
const DEGRADED_AFTER_MS = 15_000;
const STEADY_AFTER_MS = 30_000;

/** How often a running candle is asked for where no stream tells of it. */
const POLL_MS = 60_000;

/** REST may be a moment behind: what is not final yet is asked for again after so long. */
const AGAIN_MS = 3_000;

/** How long after candles could not be had they are asked for again. */
const MEND_AFTER_MS = 60_000;

/**
 * Where the candles of a series come from at the moment. A stream that stays away is replaced by REST, which is asked right
 * after each bucket; REST goes on being asked until the stream has held for a while.
 */
export class CandleSupply {
  isStreaming = false;
  isPolled: boolean;
  private since = -Infinity;
  private awaySince: number | undefined;
  private failedAt = -Infinity;
  /** The stream was there from the beginning of each bucket after this one. */
  private firstSeen = Infinity;

  /** @param jitterMs how much later than the end of a bucket REST is asked, so that not all series ask at once */
  constructor(
    private readonly rules: Pick<CandleRules, 'source' | 'canFetch' | 'settlesWithinMs'>,
    private readonly jitterMs: number,
  ) {
    this.isPolled = rules.source === 'rest';
  }

  /** Whether candles come, from the stream or from REST. */
  get isThere(): boolean {
    return this.isStreaming || this.isPolled;
  }

  /** Whether a bucket that nothing came of began while the stream was there. */
  hasWitnessed(index: number): boolean {
    return this.isStreaming && index > this.firstSeen;
  }

  /** @param current number of the bucket that is running */
  began(now: number, current: number): void {
    if (this.rules.source === 'rest') return;
    this.isStreaming = true;
    this.since = now;
    this.awaySince = undefined;
    this.firstSeen = current;
  }

  ended(now: number): void {
    this.isStreaming = false;
    this.firstSeen = Infinity;
    this.awaySince ??= now;
  }

  failed(now: number): void {
    this.failedAt = now;
  }

  mayMend(now: number): boolean {
    return this.isThere && now - this.failedAt >= MEND_AFTER_MS;
  }

  /** Time has passed: REST may have to take the place of the stream, or no longer. */
  passed(now: number): void {
    if (this.rules.source !== 'auto' || !this.rules.canFetch) return;
    if (this.isPolled) this.isPolled = !this.isStreaming || now - this.since < STEADY_AFTER_MS;
    else this.isPolled = this.awaySince !== undefined && now - this.awaySince >= DEGRADED_AFTER_MS;
  }

  /**
   * After how many milliseconds something is to be done without a row; undefined where nothing is.
   * @param end of the bucket that closes next, where one does
   */
  nextAfter(now: number, end: number | undefined, hasHoles: boolean): number | undefined {
    const { awaySince, isPolled, isStreaming } = this;
    if (!isStreaming && !isPolled) {
      const mayPoll = this.rules.source === 'auto' && this.rules.canFetch && awaySince !== undefined;
      return mayPoll ? Math.max(0, awaySince + DEGRADED_AFTER_MS - now) : undefined;
    }
    if (end === undefined) return isPolled ? AGAIN_MS : undefined;
    const untilMs = end + this.rules.settlesWithinMs - now + (isPolled ? this.jitterMs : 0);
    const nextMs = untilMs > 0 ? untilMs : AGAIN_MS;
    const mendMs = hasHoles ? Math.max(AGAIN_MS, this.failedAt + MEND_AFTER_MS - now) : Infinity;
    return Math.min(nextMs, mendMs, isPolled ? POLL_MS : Infinity);
  }
}
