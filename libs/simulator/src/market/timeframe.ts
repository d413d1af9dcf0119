const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 1970-01-05, the first Monday of the epoch: weeks start on Mondays, and so do two of them. */
const FIRST_MONDAY = 4 * DAY;

const FIXED_LENGTHS = {
  '1s': SECOND,
  '1m': MINUTE,
  '3m': 3 * MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '30m': 30 * MINUTE,
  '1h': HOUR,
  '2h': 2 * HOUR,
  '3h': 3 * HOUR,
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '8h': 8 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '2d': 2 * DAY,
  '3d': 3 * DAY,
  '5d': 5 * DAY,
  '1w': 7 * DAY,
  '14d': 14 * DAY,
} as const;

/** In calendar months, counted from a January. */
const MONTHS = { '1M': 1, '3M': 3 } as const;

/** Length of a candle; `1M` is a calendar month, `3M` a quarter. */
export type CandleInterval = keyof typeof FIXED_LENGTHS | keyof typeof MONTHS;

export function isCandleInterval(text: string): text is CandleInterval {
  return Object.hasOwn(FIXED_LENGTHS, text) || Object.hasOwn(MONTHS, text);
}

function isOfMonths(interval: CandleInterval): interval is keyof typeof MONTHS {
  return Object.hasOwn(MONTHS, interval);
}

/** The buckets into which candles of one interval cut time. */
export class Timeframe {
  /** @param offsetMs how far the day is shifted against UTC: 8 hours for a day of UTC+8 */
  constructor(
    readonly interval: CandleInterval,
    readonly offsetMs: number = 0,
  ) {}

  /** Start of the bucket that holds the time. */
  start(time: number): number {
    const local = time + this.offsetMs;
    if (isOfMonths(this.interval)) {
      const date = new Date(local);
      const months = MONTHS[this.interval];
      return (
        Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / months) * months) - this.offsetMs
      );
    }
    const length = FIXED_LENGTHS[this.interval];
    const origin = this.interval === '1w' || this.interval === '14d' ? FIRST_MONDAY : 0;
    return Math.floor((local - origin) / length) * length + origin - this.offsetMs;
  }

  /** First instant after the bucket that starts at `start`. */
  end(start: number): number {
    if (!isOfMonths(this.interval)) return start + FIXED_LENGTHS[this.interval];
    const date = new Date(start + this.offsetMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + MONTHS[this.interval]) - this.offsetMs;
  }
}
