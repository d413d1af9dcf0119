import type { Clock, Timer } from './clock.ts';

/** Node's own; browsers have none. */
declare const setImmediate: ((task: () => void) => object) | undefined;
declare const clearImmediate: (immediate: object) => void;

/** Timers of the platform wait for 25 days at most, and not at all for what is longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  after(delayMs: number, task: () => void): Timer {
    // In Node, what already waits at sockets is read before an immediate runs; a timer of no delay may run before that.
    if (delayMs <= 0 && typeof setImmediate === 'function') {
      const immediate = setImmediate(task);
      return { cancel: () => clearImmediate(immediate) };
    }
    let handle: ReturnType<typeof setTimeout>;
    const wait = (leftMs: number): void => {
      handle =
        leftMs <= LONGEST_MS
          ? setTimeout(task, leftMs)
          : setTimeout(() => wait(leftMs - LONGEST_MS), LONGEST_MS);
    };
    wait(delayMs);
    return { cancel: () => clearTimeout(handle) };
  }
}
