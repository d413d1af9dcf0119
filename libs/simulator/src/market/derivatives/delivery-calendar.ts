const DAY_MS = 86_400_000;
const FRIDAY = 5;
const DELIVERY_HOUR_MS = 8 * 3_600_000;

/**
 * The last Fridays, 08:00 UTC, of this quarter and those that follow, as exchanges deliver their quarterly futures.
 * @returns so many delivery times after `now`, the next one first
 */
export function quarterlyDeliveries(now: number, count: number): readonly number[] {
  const date = new Date(now);
  const quarter = Math.floor(date.getUTCMonth() / 3);
  const times: number[] = [];
  for (let ahead = 0; times.length < count; ahead++) {
    const time = lastFriday(date.getUTCFullYear(), (quarter + ahead) * 3 + 2);
    if (time > now) times.push(time);
  }
  return times;
}

/** The date as dated symbols carry it, such as `261225`. */
export function deliveryDate(time: number): string {
  return new Date(time).toISOString().slice(2, 10).replaceAll('-', '');
}

/** @param month from 0; those past December lie in the years that follow */
function lastFriday(year: number, month: number): number {
  const lastDay = Date.UTC(year, month + 1, 0);
  const daysBack = (new Date(lastDay).getUTCDay() - FRIDAY + 7) % 7;
  return lastDay - daysBack * DAY_MS + DELIVERY_HOUR_MS;
}
