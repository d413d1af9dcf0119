import type { InstrumentMarket } from '../market/instrument-market.ts';
import { Timeframe } from '../market/timeframe.ts';
import { isBinanceInterval } from './intervals.ts';

/** A refusal as Binance words it: HTTP status 400 with `{code, msg}`. */
export class RestError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

const MALFORMED = -1102;
const ILLEGAL_CHARACTERS = -1100;
const BAD_INTERVAL = -1120;
const BAD_SYMBOL = -1121;
export const INVALID_PARAMETER = -1130;

/** The query of one request, read as Binance reads it. Each method throws `RestError`. */
export class RestParameters {
  constructor(
    private readonly query: URLSearchParams,
    private readonly find: (symbol: string) => InstrumentMarket | undefined,
  ) {}

  symbol(): InstrumentMarket {
    return this.listed(this.required('symbol'));
  }

  /** The symbols of `symbol` or `symbols`; undefined when neither is given. */
  optionalSymbols(): readonly InstrumentMarket[] | undefined {
    if (this.query.has('symbol')) return [this.symbol()];
    const text = this.query.get('symbols');
    if (text === null) return undefined;
    return this.symbolList(text).map((symbol) => this.listed(symbol));
  }

  /** Whether the answer is one object, as for `symbol`, and not a list. */
  get isSingle(): boolean {
    return this.query.has('symbol');
  }

  /** @param without intervals that this segment does not have */
  timeframe(without: readonly string[] = []): Timeframe {
    const interval = this.required('interval');
    if (!isBinanceInterval(interval) || without.includes(interval))
      throw new RestError(BAD_INTERVAL, 'Invalid interval.');
    return new Timeframe(interval, this.timeZoneMs());
  }

  /** `timeZone`: hours, or hours and minutes, from -12:00 to +14:00. */
  private timeZoneMs(): number {
    const text = this.query.get('timeZone') ?? '0';
    const [, sign = '', hours = '', minutes = '0'] = /^([+-]?)(\d{1,2})(?::(\d{2}))?$/.exec(text) ?? [];
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    if (hours === '' || Number(minutes) > 59 || offset < -12 * 60 || offset > 14 * 60)
      throw new RestError(INVALID_PARAMETER, "Data sent for parameter 'timeZone' is not valid.");
    return offset * 60_000;
  }

  limit(byDefault: number, largest: number): number {
    const limit = this.integer('limit') ?? byDefault;
    if (limit < 1 || limit > largest) {
      throw new RestError(INVALID_PARAMETER, "Data sent for parameter 'limit' is not valid.");
    }
    return limit;
  }

  integer(name: string): number | undefined {
    const text = this.query.get(name);
    if (text === null) return undefined;
    if (!/^\d{1,20}$/.test(text)) {
      const message = `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`;
      throw new RestError(ILLEGAL_CHARACTERS, message);
    }
    return Number(text);
  }

  private required(name: string): string {
    const value = this.query.get(name);
    if (value === null || value === '') {
      const message = `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`;
      throw new RestError(MALFORMED, message);
    }
    return value;
  }

  private listed(symbol: string): InstrumentMarket {
    const market = this.find(symbol);
    if (market === undefined) throw new RestError(BAD_SYMBOL, 'Invalid symbol.');
    return market;
  }

  private symbolList(text: string): readonly string[] {
    const malformed = new RestError(ILLEGAL_CHARACTERS, "Illegal characters found in parameter 'symbols'.");
    let symbols: unknown;
    try {
      symbols = JSON.parse(text);
    } catch {
      throw malformed;
    }
    if (!Array.isArray(symbols)) throw malformed;
    return symbols.map((symbol: unknown) => {
      if (typeof symbol !== 'string') throw malformed;
      return symbol;
    });
  }
}
