import type { Clock, Timer } from '@exchange-stream/market-data';

/** The clock of an exchange, which may be set wrong: what it shows changes then, and not how fast time passes. */
export class ShiftedClock implements Clock {
  private offMs = 0;

  /** @param onShift told by how much it has just been set forward or, below zero, back */
  constructor(
    private readonly right: Clock,
    private readonly onShift: (byMs: number) => void,
  ) {}

  now(): number {
    return this.right.now() + this.offMs;
  }

  monotonic(): number {
    return this.right.monotonic();
  }

  after(delayMs: number, task: () => void): Timer {
    return this.right.after(delayMs, task);
  }

  shift(byMs: number): void {
    this.offMs += byMs;
    this.onShift(byMs);
  }
}
