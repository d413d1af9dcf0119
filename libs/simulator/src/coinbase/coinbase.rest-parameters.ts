import { Timeframe, type CandleInterval } from '../market/timeframe.ts';

/** A refusal, in the exchange's envelope. */
export class RestError extends Error {
  constructor(
    message: string,
    readonly status: number = 400,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

const GRANULARITIES: ReadonlyMap<string, CandleInterval> = new Map([
  ['ONE_MINUTE', '1m'],
  ['FIVE_MINUTE', '5m'],
  ['FIFTEEN_MINUTE', '15m'],
  ['THIRTY_MINUTE', '30m'],
  ['ONE_HOUR', '1h'],
  ['TWO_HOUR', '2h'],
  ['FOUR_HOUR', '4h'],
  ['SIX_HOUR', '6h'],
  ['ONE_DAY', '1d'],
]);

/** The query of one request. Each method throws `RestError`. */
export class RestParameters {
  constructor(private readonly query: URLSearchParams) {}

  text(name: string): string | undefined {
    return this.query.get(name) || undefined;
  }

  /** In seconds since the epoch. */
  seconds(name: string): number {
    const seconds = this.integer(name);
    if (seconds === undefined) throw new RestError(`${name} is required`);
    return seconds;
  }

  granularity(): Timeframe {
    const interval = GRANULARITIES.get(this.text('granularity') ?? '');
    if (interval === undefined) throw new RestError('granularity is invalid');
    return new Timeframe(interval);
  }

  limit(byDefault: number, most: number): number {
    const limit = this.integer('limit') ?? byDefault;
    if (limit < 1 || limit > most) throw new RestError('limit is invalid');
    return limit;
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^\d{1,12}$/.test(text)) throw new RestError(`${name} is invalid`);
    return Number(text);
  }
}
