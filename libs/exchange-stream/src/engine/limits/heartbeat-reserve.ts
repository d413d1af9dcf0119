import type { Heartbeat, RateLimit } from '../../contract/index.ts';

/**
 * How much of a message limit only heartbeats may use. Where a window is short, going first is enough; where it is so long
 * that requests could use it up and leave a ping waiting past the deadline, its heartbeats are set aside.
 */
export function heartbeatReserve({ safe, windowMs }: RateLimit, heartbeat: Heartbeat): number {
  const { intervalMs, deadlineMs } = heartbeat;
  if (windowMs < deadlineMs - intervalMs) return 0;
  return Math.min(Math.ceil(windowMs / intervalMs), Math.floor(safe / 2));
}
