import type { Instrument } from '@exchange-stream/market-data';
import type {
  BookSeed,
  BookSeedQuery,
  CandleRow,
  CandlesQuery,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, integer, levels, list, object, price } from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { sequence, type Volumes } from './rows.ts';
import type { WireBook } from './wire.ts';

/** Whose REST interface it is. */
export interface RestInterface {
  readonly exchange: string;
  /** What stands before the name of an operation, `/api/v3/`. */
  readonly prefix: string;
  /** What stood there once, and still does in recordings. */
  readonly retiredPrefixes?: readonly string[];
}

/** The header that tells, with every answer, what our address has used in the running minute. */
const USED_WEIGHT = 'x-mbx-used-weight-1m';

export function usedWeight(headers: Readonly<Record<string, string>>): number | undefined {
  const used = headers[USED_WEIGHT];
  return used !== undefined && /^\d{1,9}$/.test(used) ? Number(used) : undefined;
}

/** All instruments in one call. */
export function instruments(
  rest: RestInterface,
  weight: number,
  read: (json: unknown, reject: (reason: string) => void) => Instrument[],
): RestOperation<void, readonly Instrument[]> {
  return {
    request: () => ({ path: `${rest.prefix}exchangeInfo`, weight }),
    parse: (body, _query, reject) => parse(rest, 'exchangeInfo', body, (json) => read(json, reject)),
    recognise: (url) => (isCallOf(rest, url, 'exchangeInfo') ? {} : undefined),
  };
}

/**
 * The whole book at one update id.
 * @param limitOf how many levels to ask for so that at least so many come, and what that weighs
 */
export function bookSeed(
  rest: RestInterface,
  limitOf: (depth: number) => { readonly limit: number; readonly weight: number },
): RestOperation<BookSeedQuery, BookSeed> {
  return {
    request: ({ nativeSymbol, depth }) => {
      const { limit, weight } = limitOf(depth);
      return {
        path: `${rest.prefix}depth?symbol=${encodeURIComponent(nativeSymbol)}&limit=${limit}`,
        weight,
      };
    },
    parse: (body, { nativeSymbol }) => parse(rest, `depth?symbol=${nativeSymbol}`, body, readBookSeed),
    recognise: (url) => symbolCallOf(rest, url, 'depth'),
  };
}

/** How an exchange of the family has candles by REST. */
export interface KlineRules {
  /** Candles of one answer at most. */
  readonly most: number;
  readonly weightOf: (limit: number) => number;
  readonly volumes: Volumes;
  /** What further parameters add to the query. */
  readonly query?: (params: CandlesQuery['params']) => string;
}

/** Candles by open time. */
export function candles(
  rest: RestInterface,
  { most, weightOf, volumes, query }: KlineRules,
): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: ({ nativeSymbol, interval, params, from, to, limit }) => {
      const asked = Math.min(limit, most);
      return {
        path:
          `${rest.prefix}klines?symbol=${encodeURIComponent(nativeSymbol)}&interval=${encodeURIComponent(interval)}` +
          (from === undefined ? '' : `&startTime=${from}`) +
          (to === undefined ? '' : `&endTime=${to}`) +
          (query?.(params) ?? '') +
          `&limit=${asked}`,
        weight: weightOf(asked),
      };
    },
    parse: (body, { nativeSymbol, interval }) =>
      parse(rest, `klines?symbol=${nativeSymbol}`, body, (json) => readCandles(json, interval, volumes)),
    recognise: (url) => symbolCallOf(rest, url, 'klines'),
  };
}

export function serverTime(rest: RestInterface): RestOperation<void, number> {
  return {
    request: () => ({ path: `${rest.prefix}time`, weight: 1 }),
    parse: (body) =>
      parse(rest, 'time', body, (json) => integer(object(json, 'body').serverTime, 'serverTime')),
    recognise: (url) => (isCallOf(rest, url, 'time') ? {} : undefined),
  };
}

function readBookSeed(json: unknown): BookSeed {
  const body: WireBook = object(json, 'body');
  return {
    sequence: sequence(body.lastUpdateId, 'lastUpdateId'),
    ...(body.E === undefined ? {} : { exchangeTime: integer(body.E, 'E') }),
    bids: levels(body.bids, 'bids'),
    asks: levels(body.asks, 'asks'),
  };
}

/**
 * Rows are arrays: open time, open, high, low, close, volume, close time, the other volume, number of trades, and both
 * volumes that takers bought. None says whether it is closed.
 */
function readCandles(json: unknown, interval: string, volumes: Volumes): CandleRow[] {
  const rows = list(json, 'body');
  return rows.map((entry, index) => {
    const at = (column: number): string => `[${index}][${column}]`;
    const row = list(entry, `[${index}]`);
    return {
      interval,
      openTime: integer(row[0], at(0)),
      // The wire's close time is the last millisecond inside the bucket.
      closeTime: integer(row[6], at(6)) + 1,
      open: price(row[1], at(1)),
      high: price(row[2], at(2)),
      low: price(row[3], at(3)),
      close: price(row[4], at(4)),
      ...(volumes === 'base and quote'
        ? {
            baseVolume: amount(row[5], at(5)),
            quoteVolume: amount(row[7], at(7)),
            takerBuyBaseVolume: amount(row[9], at(9)),
            takerBuyQuoteVolume: amount(row[10], at(10)),
          }
        : { baseVolume: amount(row[7], at(7)), takerBuyBaseVolume: amount(row[10], at(10)) }),
      tradeCount: integer(row[8], at(8)),
    };
  });
}

/** @throws MalformedAnswerError */
export function parse<Result>(
  { exchange, prefix }: RestInterface,
  operation: string,
  body: string,
  read: (json: unknown) => Result,
): Result {
  try {
    return read(JSON.parse(body));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError) {
      throw new MalformedAnswerError(exchange, prefix + operation, error.message, error);
    }
    throw error;
  }
}

/** Whether a URL, of whatever host, is a call of an operation. */
export function isCallOf(
  { prefix, retiredPrefixes = [] }: RestInterface,
  url: URL,
  operation: string,
): boolean {
  return [prefix, ...retiredPrefixes].some((before) => url.pathname.endsWith(before + operation));
}

export function symbolCallOf(
  rest: RestInterface,
  url: URL,
  operation: string,
): { readonly nativeSymbol: string } | undefined {
  const nativeSymbol = url.searchParams.get('symbol');
  return isCallOf(rest, url, operation) && nativeSymbol !== null ? { nativeSymbol } : undefined;
}
