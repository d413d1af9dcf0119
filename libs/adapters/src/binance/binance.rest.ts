import type { Instrument } from '@exchange-stream/market-data';
import type {
  BookSeed,
  BookSeedQuery,
  CandleRow,
  CandlesQuery,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, integer, levels, list, object, price } from '../decoder/fields.ts';
import { readInstruments } from './binance.instruments.ts';
import type { WireBook } from './binance.wire.ts';

const MAX_BOOK_DEPTH = 5000;
export const MAX_CANDLES = 1000;

/** Thrown when the body of a successful answer is not what Binance documents. */
export class MalformedAnswerError extends Error {
  readonly code = 'MALFORMED_ANSWER';

  constructor(
    readonly exchange: string,
    /** The call behind `/api/v3/`, with its symbol. */
    readonly operation: string,
    reason: string,
    cause: unknown,
  ) {
    super(
      `${exchange}: the answer to GET /api/v3/${operation} breaks the documented format: ${reason}. ` +
        `Check that the REST base URL is Binance's own, and not a proxy's error page.`,
      { cause },
    );
    this.name = 'MalformedAnswerError';
  }
}

/** The header that tells, with every answer, what our address has used in the running minute. */
const USED_WEIGHT = 'x-mbx-used-weight-1m';

export function usedWeight(headers: Readonly<Record<string, string>>): number | undefined {
  const used = headers[USED_WEIGHT];
  return used !== undefined && /^\d{1,9}$/.test(used) ? Number(used) : undefined;
}

/** All instruments in one call. */
export function instruments(exchange: string): RestOperation<void, readonly Instrument[]> {
  return {
    request: () => ({ path: '/api/v3/exchangeInfo', weight: 20 }),
    parse: (body, _query, reject) =>
      parse(exchange, 'exchangeInfo', body, (json) => readInstruments(json, exchange, reject)),
    recognise: (url) => (isCallOf(url, 'exchangeInfo') ? {} : undefined),
  };
}

/** The whole book at one update id. */
export function bookSeed(exchange: string): RestOperation<BookSeedQuery, BookSeed> {
  return {
    request: ({ nativeSymbol, depth }) => {
      const limit = Math.min(depth, MAX_BOOK_DEPTH);
      return {
        path: `/api/v3/depth?symbol=${encodeURIComponent(nativeSymbol)}&limit=${limit}`,
        weight: bookWeight(limit),
      };
    },
    parse: (body, { nativeSymbol }) => parse(exchange, `depth?symbol=${nativeSymbol}`, body, readBookSeed),
    recognise: (url) => symbolCallOf(url, 'depth'),
  };
}

/** Candles by open time; days, weeks and months begin where the parameter `timezone` says. */
export function candles(exchange: string): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: ({ nativeSymbol, interval, params, from, to, limit }) => ({
      path:
        `/api/v3/klines?symbol=${encodeURIComponent(nativeSymbol)}&interval=${encodeURIComponent(interval)}` +
        (from === undefined ? '' : `&startTime=${from}`) +
        (to === undefined ? '' : `&endTime=${to}`) +
        (params?.timezone === '+08:00' ? '&timeZone=8' : '') +
        `&limit=${Math.min(limit, MAX_CANDLES)}`,
      weight: 2,
    }),
    parse: (body, { nativeSymbol, interval }) =>
      parse(exchange, `klines?symbol=${nativeSymbol}`, body, (json) => readCandles(json, interval)),
    recognise: (url) => symbolCallOf(url, 'klines'),
  };
}

export function serverTime(exchange: string): RestOperation<void, number> {
  return {
    request: () => ({ path: '/api/v3/time', weight: 1 }),
    parse: (body) =>
      parse(exchange, 'time', body, (json) => integer(object(json, 'body').serverTime, 'serverTime')),
    recognise: (url) => (isCallOf(url, 'time') ? {} : undefined),
  };
}

/** Weight of `/depth` by its limit. */
function bookWeight(limit: number): number {
  if (limit <= 100) return 5;
  if (limit <= 500) return 25;
  return limit <= 1000 ? 50 : 250;
}

function readBookSeed(json: unknown): BookSeed {
  const body: WireBook = object(json, 'body');
  return {
    sequence: integer(body.lastUpdateId, 'lastUpdateId'),
    bids: levels(body.bids, 'bids'),
    asks: levels(body.asks, 'asks'),
  };
}

/**
 * Rows are arrays: open time, open, high, low, close, base volume, close time, quote volume, number of trades, base and
 * quote volume that takers bought. None says whether it is closed.
 */
function readCandles(json: unknown, interval: string): CandleRow[] {
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
      baseVolume: amount(row[5], at(5)),
      quoteVolume: amount(row[7], at(7)),
      tradeCount: integer(row[8], at(8)),
      takerBuyBaseVolume: amount(row[9], at(9)),
      takerBuyQuoteVolume: amount(row[10], at(10)),
    };
  });
}

export function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (json: unknown) => Result,
): Result {
  try {
    return read(JSON.parse(body));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError) {
      throw new MalformedAnswerError(exchange, operation, error.message, error);
    }
    throw error;
  }
}

/** Whether a URL, of whatever host, is a call of an operation; `/api/v1` was retired on 2026-03-25. */
function isCallOf(url: URL, operation: string): boolean {
  return url.pathname.endsWith(`/api/v3/${operation}`) || url.pathname.endsWith(`/api/v1/${operation}`);
}

export function symbolCallOf(url: URL, operation: string): { readonly nativeSymbol: string } | undefined {
  const nativeSymbol = url.searchParams.get('symbol');
  return isCallOf(url, operation) && nativeSymbol !== null ? { nativeSymbol } : undefined;
}
