import type { Clock } from '@exchange-stream/market-data';

/** Counts what happened within the last `lengthMs`. */
export class SlidingWindow {
  private readonly times: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly lengthMs: number,
  ) {}

  /** Adds one event and gives the number within the window, this one included. */
  add(): number {
    const now = this.clock.monotonic();
    const first = this.times.findIndex((time) => time > now - this.lengthMs);
    this.times.splice(0, first === -1 ? this.times.length : first);
    return this.times.push(now);
  }
}
