/** A task that waits for its time; `cancel()` after it ran, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/**
 * Where all time comes from. Nothing in this project asks the global clock, so that a test can let a day pass in a
 * millisecond.
 */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch. May jump when the machine's clock is set. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. For durations and deadlines. */
  monotonic(): number;
  /** Runs the task once, `delayMs` from now. */
  after(delayMs: number, task: () => void): Timer;
}
