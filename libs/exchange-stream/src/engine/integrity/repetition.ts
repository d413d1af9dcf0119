import type { Clock } from '@exchange-stream/market-data';

/** Tells when something has happened so often within a window that it is no accident. */
export class Repetition {
  private times: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly limit: number,
    private readonly windowMs: number,
  ) {}

  /** It has happened. Returns whether that is the last time of so many within the window; then it is forgotten. */
  happened(): boolean {
    const now = this.clock.monotonic();
    this.times = this.times.filter((time) => now - time < this.windowMs);
    this.times.push(now);
    if (this.times.length < this.limit) return false;
    this.times = [];
    return true;
  }
}
