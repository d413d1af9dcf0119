import type { Clock, Timer } from '@exchange-stream/market-data';

/** A machine's clock in a shared time: what it shows can be set, what passes cannot. */
export class SettableClock implements Clock {
  /** By how much it is ahead of the time that everybody shares, in milliseconds. */
  aheadMs = 0;

  constructor(private readonly time: Clock) {}

  now(): number {
    return this.time.now() + this.aheadMs;
  }

  monotonic(): number {
    return this.time.monotonic();
  }

  after(delayMs: number, task: () => void): Timer {
    return this.time.after(delayMs, task);
  }
}
