/** How long to stop when the exchange says "too many requests" without saying for how long. */
const DEFAULT_STOP_MS = 60_000;

/** The longest stop taken at its word, beyond the longest ban any exchange documents; timers do not take all numbers. */
const MAX_STOP_MS = 7 * 24 * 60 * 60_000;

/**
 * For how long an HTTP answer wants us to stop: what it asks for, or a default after a 429 (too many requests) or a 418
 * (banned for going on after a 429). Undefined when it wants nothing of the kind.
 */
export function stopMsOf(status: number, retryAfterMs: number | undefined): number | undefined {
  const stopMs = retryAfterMs ?? (status === 429 || status === 418 ? DEFAULT_STOP_MS : undefined);
  return stopMs === undefined ? undefined : Math.min(stopMs, MAX_STOP_MS);
}

/**
 * `Retry-After` in milliseconds (RFC 9110, 10.2.3): seconds, or a date. A date is measured against the `Date` of the same
 * answer, whatever our own clock says.
 */
export function retryAfterMsOf(headers: Readonly<Record<string, unknown>>): number | undefined {
  const [retryAfter, date] = [headers['retry-after'], headers.date];
  if (typeof retryAfter !== 'string') return undefined;
  const text = retryAfter.trim();
  const waitMs = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.parse(typeof date === 'string' ? date : '');
  return waitMs > 0 ? waitMs : undefined;
}
