import type { Clock } from '@exchange-stream/market-data';

/** How long to believe it: caps are lowered in bad times, and raised again without a word. */
const VALID_MS = 24 * 60 * 60_000;

/** How many topics a connection takes in truth, where the exchange refused one as too many. */
export class LearntCap {
  private cap: number | undefined;
  private learntAt = 0;

  constructor(private readonly clock: Clock) {}

  /** Undefined while the declared number has held. */
  get learnt(): number | undefined {
    if (this.cap !== undefined && this.clock.monotonic() - this.learntAt >= VALID_MS) this.cap = undefined;
    return this.cap;
  }

  /** The exchange carries so many on a connection, and not one more. */
  learn(cap: number): void {
    this.cap = Math.min(cap, this.learnt ?? cap);
    this.learntAt = this.clock.monotonic();
  }
}
