/** Upper bounds of the classes in milliseconds, inclusive; what took longer is in a class of its own. */
export const DURATION_BOUNDS_MS = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000] as const;

/** How long things of one kind took. */
export interface DurationCounts {
  /** How many there were in each class of `DURATION_BOUNDS_MS`, and last those beyond. */
  readonly classes: readonly number[];
  readonly count: number;
  readonly totalMs: number;
}

/** Counts durations by classes. */
export class DurationHistogram implements DurationCounts {
  readonly classes: number[] = Array<number>(DURATION_BOUNDS_MS.length + 1).fill(0);
  count = 0;
  totalMs = 0;

  add(durationMs: number): void {
    const found = DURATION_BOUNDS_MS.findIndex((bound) => durationMs <= bound);
    const index = found === -1 ? DURATION_BOUNDS_MS.length : found;
    this.classes[index] = (this.classes[index] ?? 0) + 1;
    this.count++;
    this.totalMs += durationMs;
  }
}
