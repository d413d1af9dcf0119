import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { Timeframe } from '../market/timeframe.ts';
import { parseBar } from './okx.bars.ts';

/** A refusal as OKX words it: `code` and `msg` of the envelope. */
export class RestError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

const WRONG_PARAMETER = '51000';
const NO_INSTRUMENT = '51001';

/** The query of one request, read as OKX reads it. Each method throws `RestError`. */
export class RestParameters {
  constructor(
    private readonly query: URLSearchParams,
    private readonly market: SeededMarket,
  ) {}

  text(name: string): string | undefined {
    return this.query.get(name) ?? undefined;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T {
    const text = this.query.get(name);
    const value = values.find((known) => known === text);
    if (value === undefined) throw wrong(name);
    return value;
  }

  /** One that is listed, `instId` says which. */
  instrument(): InstrumentMarket {
    const market = this.market.find(this.query.get('instId') ?? '');
    if (market === undefined || market.status === 'closed')
      throw new RestError(NO_INSTRUMENT, "Instrument ID doesn't exist.");
    return market;
  }

  bar(): Timeframe {
    const timeframe = parseBar(this.query.get('bar') ?? '1m');
    if (timeframe === undefined) throw wrong('bar');
    return timeframe;
  }

  /** At least one; of more than can be had, so many as can. */
  count(name: string, byDefault: number, largest: number): number {
    const count = this.number(name) ?? byDefault;
    if (count < 1) throw wrong(name);
    return Math.min(count, largest);
  }

  /** Like `count`, but more than can be had are refused. */
  countUpTo(name: string, byDefault: number, largest: number): number {
    const count = this.number(name) ?? byDefault;
    if (count < 1 || count > largest) throw wrong(name);
    return count;
  }

  number(name: string): number | undefined {
    const text = this.query.get(name);
    if (text === null || text === '') return undefined;
    if (!/^\d{1,16}$/.test(text)) throw wrong(name);
    return Number(text);
  }
}

function wrong(name: string): RestError {
  return new RestError(WRONG_PARAMETER, `Parameter ${name} error.`);
}
