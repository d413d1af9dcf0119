/** How much later than the one before a message may arrive that was sent just as late: a share of the window… */
const JITTER_SHARE = 0.1;
/** …and its bounds, in milliseconds. */
const LEAST_JITTER_MS = 100;
const MOST_JITTER_MS = 1_000;

/**
 * How long a use counts, for a window of this length at the exchange. The exchange counts when something arrives: what we
 * send at the end of one window and at the beginning of the next meets there, where the way of the first takes longer. So
 * much longer than the exchange, we count.
 */
export function countedWindowMs(windowMs: number): number {
  const jitterMs = Math.max(LEAST_JITTER_MS, windowMs * JITTER_SHARE);
  return windowMs + Math.min(jitterMs, MOST_JITTER_MS);
}
