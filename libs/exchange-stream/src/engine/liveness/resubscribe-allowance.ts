const PER_HOUR = 3;
const HOUR_MS = 3_600_000;

/**
 * How often a silent subscription may still be asked for again: a dead topic must not keep the exchange busy. What is
 * decided may wait for the message budget, so that a use counts from when the exchange has confirmed it: later than the
 * exchange heard of it, whereas the decision on the next comes before the exchange hears of that one.
 */
export class ResubscribeAllowance {
  /** When it was used within the last hour, oldest first. */
  private uses: number[] = [];
  private isLastConfirmed = true;

  /** Uses one up. Returns which one of this hour it is, from 1; undefined when there is none left. */
  take(nowMs: number): number | undefined {
    this.uses = this.uses.filter((at) => at > nowMs - HOUR_MS);
    if (this.uses.length >= PER_HOUR) return undefined;
    this.isLastConfirmed = false;
    return this.uses.push(nowMs);
  }

  /** The exchange has confirmed the topic; the last use took until now. */
  confirmed(nowMs: number): void {
    if (this.isLastConfirmed) return;
    this.isLastConfirmed = true;
    if (this.uses.length > 0) this.uses[this.uses.length - 1] = nowMs;
  }

  /** Milliseconds until there is one again. */
  waitMs(nowMs: number): number {
    const [oldest] = this.uses;
    return this.uses.length < PER_HOUR || oldest === undefined ? 0 : Math.max(0, oldest + HOUR_MS - nowMs);
  }
}
