const PER_HOUR = 3;
/** An hour and a minute: what is asked for may wait for the message budget, and reach the exchange that much later. */
const HOUR_MS = 3_660_000;

/** How often a silent subscription may still be asked for again: a dead topic must not keep the exchange busy. */
export class ResubscribeAllowance {
  /** When it was used within the last hour, oldest first. */
  private uses: number[] = [];

  /** Uses one up. Returns which one of this hour it is, from 1; undefined when there is none left. */
  take(nowMs: number): number | undefined {
    this.uses = this.uses.filter((at) => at > nowMs - HOUR_MS);
    if (this.uses.length >= PER_HOUR) return undefined;
    return this.uses.push(nowMs);
  }

  /** Milliseconds until there is one again. */
  waitMs(nowMs: number): number {
    const [oldest] = this.uses;
    return this.uses.length < PER_HOUR || oldest === undefined ? 0 : Math.max(0, oldest + HOUR_MS - nowMs);
  }
}
