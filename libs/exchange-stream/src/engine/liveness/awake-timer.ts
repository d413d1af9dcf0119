import type { Clock, Timer } from '@exchange-stream/market-data';

/** A timer that comes this late was held up by a process that got nothing done: blocked, or asleep. */
const BLOCKED_MS = 250;

/**
 * A timer that tells for how long the process was blocked when it should have come; zero when it came in time. What
 * passes meanwhile is held against nobody: it says nothing about the other end.
 */
export function afterAwake(clock: Clock, delayMs: number, task: (blockedMs: number) => void): Timer {
  const dueAt = clock.monotonic() + delayMs;
  return clock.after(delayMs, () => {
    const lateMs = clock.monotonic() - dueAt;
    task(lateMs >= BLOCKED_MS ? lateMs : 0);
  });
}
