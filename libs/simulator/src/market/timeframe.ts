const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** 1970-01-05, the first Monday of the epoch: weeks start on Mondays. */
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
  '4h': 4 * HOUR,
  '6h': 6 * HOUR,
  '8h': 8 * HOUR,
  '12h': 12 * HOUR,
  '1d': DAY,
  '3d': 3 * DAY,
  '1w': 7 * DAY,
} as const;

/** Length of a candle; `1M` is a calendar month. */
export type CandleInterval = keyof typeof FIXED_LENGTHS | '1M';

export function isCandleInterval(text: string): text is CandleInterval {
  return text === '1M' || Object.hasOwn(FIXED_LENGTHS, text);
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
    if (this.interval === '1M') {
      const date = new Date(local);
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth()) - this.offsetMs;
    }
    const length = FIXED_LENGTHS[this.interval];
    const origin = this.interval === '1w' ? FIRST_MONDAY : 0;
    return Math.floor((local - origin) / length) * length + origin - this.offsetMs;
  }

  /** First instant after the bucket that starts at `start`. */
  end(start: number): number {
    if (this.interval !== '1M') return start + FIXED_LENGTHS[this.interval];
    const date = new Date(start + this.offsetMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) - this.offsetMs;
  }
}
