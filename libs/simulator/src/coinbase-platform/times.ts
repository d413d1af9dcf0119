/** RFC 3339 as Go writes it: no zeros at the end of the fraction, and none of both where there is nothing behind the second. */
export function isoTime(time: number): string {
  return new Date(Math.floor(time)).toISOString().replace(/\.?0*Z$/, 'Z');
}

/**
 * A moment as Go prints it to people, with how long the process has run: `2026-08-09 21:05:48.85 +0000 UTC m=+41691.26`.
 * @param uptimeSeconds of the process
 */
export function goTime(time: number, uptimeSeconds: number): string {
  const text = isoTime(time).replace('T', ' ').replace('Z', '');
  return `${text} +0000 UTC m=+${uptimeSeconds.toFixed(9)}`;
}
