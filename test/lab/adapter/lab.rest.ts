import type {
  BookSeed,
  BookSeedQuery,
  CandleRow,
  CandlesQuery,
  DerivativesRow,
  ListedSymbol,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import type { Instrument } from '@exchange-stream/market-data';
import { MalformedFieldError, amount, integer, levels, list, object } from './lab.fields.ts';
import { readInstruments } from './lab.instruments.ts';
import { readCandle } from './lab.market-data.ts';

/** Thrown when the body of a successful answer is not what Lab documents. */
export class MalformedLabAnswerError extends Error {
  readonly code = 'MALFORMED_ANSWER';

  constructor(operation: string, reason: string, cause: unknown) {
    super(`lab: the answer to ${operation} breaks the documented format: ${reason}`, { cause });
    this.name = 'MalformedLabAnswerError';
  }
}

export const instruments: RestOperation<void, readonly Instrument[]> = {
  request: () => ({ path: '/api/instruments', weight: 1 }),
  parse: (body, _query, reject) =>
    parse('GET /api/instruments', body, (json) => readInstruments(json, reject)),
  recognise: (url) => (url.pathname === '/api/instruments' ? {} : undefined),
};

export const bookSeed: RestOperation<BookSeedQuery, BookSeed> = {
  request: ({ nativeSymbol, depth }) => ({
    path: `/api/book?symbol=${encodeURIComponent(nativeSymbol)}&depth=${depth}`,
    weight: 10,
  }),
  parse: (body) =>
    parse('GET /api/book', body, (json) => {
      const book = object(json, 'body');
      return {
        sequence: integer(book.sequence, 'sequence'),
        exchangeTime: integer(book.time, 'time'),
        bids: levels(book.bids, 'bids'),
        asks: levels(book.asks, 'asks'),
      };
    }),
  recognise: (url) => symbolOf(url, '/api/book'),
};

export const candles: RestOperation<CandlesQuery, readonly CandleRow[]> = {
  request: ({ nativeSymbol, interval, from, to, limit }) => ({
    path:
      `/api/candles?symbol=${encodeURIComponent(nativeSymbol)}&interval=${encodeURIComponent(interval)}` +
      (from === undefined ? '' : `&from=${from}`) +
      (to === undefined ? '' : `&to=${to}`) +
      `&limit=${limit}`,
    weight: 1,
  }),
  parse: (body, _query, reject) =>
    parse('GET /api/candles', body, (json) => {
      const rows: CandleRow[] = [];
      for (const [index, row] of list(object(json, 'body').candles, 'candles').entries()) {
        const field = `candles[${index}]`;
        try {
          rows.push(readCandle(object(row, field), field));
        } catch (error) {
          if (!(error instanceof MalformedFieldError)) throw error;
          reject(error.message);
        }
      }
      return rows;
    }),
  recognise: (url) => symbolOf(url, '/api/candles'),
};

/** What is open: all that only REST tells of values in parts. */
export const openInterest: RestOperation<ListedSymbol, DerivativesRow> = {
  request: ({ nativeSymbol }) => ({
    path: `/api/interest?symbol=${encodeURIComponent(nativeSymbol)}`,
    weight: 1,
  }),
  parse: (body) =>
    parse('GET /api/interest', body, (json) => ({
      openInterest: amount(object(json, 'body').open, 'open'),
    })),
  recognise: (url) => symbolOf(url, '/api/interest'),
};

export const serverTime: RestOperation<void, number> = {
  request: () => ({ path: '/api/time', weight: 1 }),
  parse: (body) => parse('GET /api/time', body, (json) => integer(object(json, 'body').time, 'time')),
  recognise: (url) => (url.pathname === '/api/time' ? {} : undefined),
};

/** Reads an answer; `operation` names it in the error: `GET /api/time`. */
export function parse<Result>(operation: string, body: string, read: (json: unknown) => Result): Result {
  try {
    return read(JSON.parse(body));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError) {
      throw new MalformedLabAnswerError(operation, error.message, error);
    }
    throw error;
  }
}

export function symbolOf(url: URL, path: string): { readonly nativeSymbol: string } | undefined {
  const nativeSymbol = url.searchParams.get('symbol');
  return url.pathname === path && nativeSymbol !== null ? { nativeSymbol } : undefined;
}
