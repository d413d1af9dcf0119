const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/** 1970-01-05, the first Monday of the epoch. */
const FIRST_MONDAY = 4 * DAY;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: WEEK };

/** Months before the epoch, counted from the year 0. */
const EPOCH_MONTH = 1970 * 12;

const MAX_COUNT = 1_000;

/** Where an exchange begins its days and weeks. */
export interface CandleAnchors {
  /** How much earlier than at midnight UTC its days, weeks and months begin, in milliseconds: 8 hours for UTC+8. */
  readonly dayOffsetMs?: number;
  /** Day on which its weeks begin: 0 Sunday, 1 Monday … Default Monday. */
  readonly firstWeekday?: number;
}

/** Thrown for a text that names no length of candles. */
export class InvalidIntervalError extends Error {
  readonly code = 'INVALID_INTERVAL';

  constructor(text: string) {
    super(
      `Not an interval of candles: ${JSON.stringify(text.slice(0, 32))}. Expected a number and a unit: s, m, h, d, w, or M for months, such as "15m".`,
    );
    this.name = 'InvalidIntervalError';
  }
}

/**
 * The buckets into which candles of one length cut time, numbered one by one, so that what follows what is a matter of
 * numbers and not of the calendar. Seconds to days are counted from the epoch, weeks from a Monday, months (and quarters,
 * `3M`) from a January; all in UTC, unless the exchange's anchors say otherwise.
 */
export class CandleInterval {
  private readonly lengthMs: number;
  private readonly originMs: number;
  /** Months in a bucket; 0 where its length is fixed. */
  private readonly months: number;
  /** The month asked for last: rows of one bucket come one after the other. */
  private known = { index: NaN, from: NaN, to: NaN };

  /** @throws InvalidIntervalError */
  constructor(
    /** `1s`, `1m`, `4h`, `1d`, `1w`, `1M` … */
    readonly text: string,
    private readonly anchors: CandleAnchors = {},
  ) {
    const parsed = parse(text);
    if (!parsed) throw new InvalidIntervalError(text);
    const { count, unit } = parsed;
    const { dayOffsetMs = 0, firstWeekday = 1 } = anchors;
    this.months = unit === 'M' ? count : 0;
    this.lengthMs = count * (UNITS[unit] ?? 0);
    this.originMs = (unit === 'w' ? FIRST_MONDAY + (firstWeekday - 1) * DAY : 0) - dayOffsetMs;
  }

  /** Whether all of its buckets are of one length; months are not. */
  get isFixed(): boolean {
    return this.months === 0;
  }

  /** Length of a bucket in milliseconds; of months, of the shortest there is. */
  get shortestMs(): number {
    return this.isFixed ? this.lengthMs : this.months * 28 * DAY;
  }

  /** Number of the bucket that a time (milliseconds since the epoch) is in. */
  indexOf(time: number): number {
    if (this.isFixed) return Math.floor((time - this.originMs) / this.lengthMs);
    const { known } = this;
    if (time >= known.from && time < known.to) return known.index;
    const date = new Date(time - this.originMs);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth() - EPOCH_MONTH;
    const index = Math.floor(month / this.months);
    this.known = { index, from: this.openTime(index), to: this.openTime(index + 1) };
    return index;
  }

  /** When the bucket of a number begins, milliseconds since the epoch. */
  openTime(index: number): number {
    if (this.isFixed) return this.originMs + index * this.lengthMs;
    const { known } = this;
    if (index === known.index) return known.from;
    if (index === known.index + 1) return known.to;
    return Date.UTC(1970, index * this.months) + this.originMs;
  }

  /** When the bucket that a time is in begins. */
  start(time: number): number {
    return this.openTime(this.indexOf(time));
  }

  /** When the bucket that a time is in ends: where the next one begins. */
  end(time: number): number {
    return this.openTime(this.indexOf(time) + 1);
  }

  /** Whether each bucket of this interval is made of whole buckets of a smaller one. */
  isMadeOf(smaller: CandleInterval): boolean {
    if (!smaller.isFixed)
      return !this.isFixed && this.months > smaller.months && this.months % smaller.months === 0;
    const shift = this.originMs - smaller.originMs;
    if (shift % smaller.lengthMs !== 0) return false;
    if (!this.isFixed) return DAY % smaller.lengthMs === 0;
    return this.lengthMs > smaller.lengthMs && this.lengthMs % smaller.lengthMs === 0;
  }

  /** The same buckets by another exchange's names. */
  hasBucketsOf(other: CandleInterval): boolean {
    return (
      this.months === other.months && this.lengthMs === other.lengthMs && this.originMs === other.originMs
    );
  }

  /** The buckets of another length by the same anchors. @throws InvalidIntervalError */
  sibling(text: string): CandleInterval {
    return new CandleInterval(text, this.anchors);
  }
}

/** Whether a text names a length of candles. */
export function isCandleInterval(text: string): boolean {
  return parse(text) !== undefined;
}

function parse(text: string): { readonly count: number; readonly unit: string } | undefined {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,3})([smhdwM])$/.exec(text) ?? [];
  const count = Number(digits);
  return unit === '' || count > MAX_COUNT ? undefined : { count, unit };
}
