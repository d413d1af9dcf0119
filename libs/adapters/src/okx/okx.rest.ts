import type { Instrument, SubscriptionParams } from '@exchange-stream/market-data';
import type {
  BookSeed,
  BookSeedQuery,
  CandleRow,
  CandlesQuery,
  InstrumentsOperation,
  RestOperation,
} from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, exactInteger, integer, list, object } from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { levels } from './okx.fields.ts';
import { intervalOf, readCandle } from './okx.market-data.ts';
import { isSpot, readInstruments } from './okx.instruments.ts';
import { barOf } from './okx.topics.ts';
import type { WireBook } from './okx.wire.ts';

/**
 * OKX counts each call by itself. In one budget of 40 in 2 s a call costs as much of it as its own limit allows at least, so
 * that whatever is called, no limit is passed: one that may be called 20 times costs 2.
 */
const WEIGHT_OF_40 = 1;
const WEIGHT_OF_20 = 2;
const WEIGHT_OF_10 = 4;

const MAX_BOOK_DEPTH = 400;
/** Candles in an answer of `market/candles`. */
export const MAX_CANDLES = 300;
/** The same of `market/history-candles`. */
const MAX_OLD_CANDLES = 100;
/** Candles before the running one that `market/candles` has; older ones are in `market/history-candles`. */
const RECENT_CANDLES = 1_440;
/** As far as our idea of the time may be off. */
const SPARE_CANDLES = 40;

/**
 * What OKX lists, one call for each kind of instrument, and one for the options of each family.
 * @param optionFamilies `BTC-USD`, …
 */
export function instruments(exchange: string, optionFamilies: readonly string[]): InstrumentsOperation {
  return {
    parts: ['SPOT', 'SWAP', 'FUTURES', ...optionFamilies.map((family) => `OPTION&uly=${family}`)],
    request: (query) => ({
      path: `/api/v5/public/instruments?instType=${query?.part ?? 'SPOT'}`,
      weight: WEIGHT_OF_20,
    }),
    parse: (body, query, reject): readonly Instrument[] =>
      parse(exchange, `public/instruments?instType=${query?.part ?? 'SPOT'}`, body, (rows) =>
        readInstruments(rows, exchange, reject),
      ),
    recognise: (url) => (isCallOf(url, 'public/instruments') ? {} : undefined),
  };
}

/** The whole book at one sequence. */
export function bookSeed(exchange: string): RestOperation<BookSeedQuery, BookSeed> {
  return {
    request: ({ nativeSymbol, depth }) => ({
      path: `/api/v5/market/books?instId=${encodeURIComponent(nativeSymbol)}&sz=${Math.min(depth, MAX_BOOK_DEPTH)}`,
      weight: WEIGHT_OF_40,
    }),
    parse: (body, { nativeSymbol }) =>
      parse(exchange, `market/books?instId=${nativeSymbol}`, body, (rows) => {
        const book: WireBook = object(rows[0], 'data[0]');
        return {
          sequence: integer(book.seqId, 'data[0].seqId'),
          exchangeTime: exactInteger(book.ts, 'data[0].ts'),
          bids: levels(book.bids, 'data[0].bids'),
          asks: levels(book.asks, 'data[0].asks'),
        };
      }),
    recognise: (url) => instrumentCallOf(url, 'market/books'),
  };
}

/**
 * Candles by open time, newest first on the wire. The newest ones are in one place, 300 at once; older ones in another, 100
 * at once, which need not have the newest, nor those that run.
 */
export function candles(exchange: string): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: (query) => {
      const { nativeSymbol, from, to } = query;
      const isOld = isOutOfReach(query);
      const limit = Math.min(query.limit, isOld ? MAX_OLD_CANDLES : MAX_CANDLES);
      return {
        path:
          `/api/v5/market/${isOld ? 'history-candles' : 'candles'}` +
          `?instId=${encodeURIComponent(nativeSymbol)}&bar=${barOf(paramsOf(query))}` +
          // Both are exclusive: what is newer than `before` and older than `after`.
          (from === undefined ? '' : `&before=${from - 1}`) +
          (to === undefined ? '' : `&after=${to + 1}`) +
          `&limit=${limit}`,
        weight: isOld ? WEIGHT_OF_20 : WEIGHT_OF_40,
      };
    },
    parse: (body, query) =>
      parse(exchange, `market/candles?instId=${query.nativeSymbol}`, body, (rows) => {
        const { interval, timezone } = paramsOf(query);
        const frame = { interval: intervalOf(interval, timezone), isSpot: isSpot(query.nativeSymbol) };
        return rows
          .map((row, index) => readCandle(row, `data[${index}]`, frame))
          .sort((one, other) => one.openTime - other.openTime);
      }),
    recognise: (url) =>
      instrumentCallOf(url, 'market/candles') ?? instrumentCallOf(url, 'market/history-candles'),
  };
}

function paramsOf({ interval, params }: CandlesQuery): SubscriptionParams & { readonly interval: string } {
  return { ...params, interval };
}

/** Whether some of what is asked for is older than `market/candles` goes back. */
function isOutOfReach(query: CandlesQuery): boolean {
  const { from, asOf } = query;
  if (from === undefined || asOf === undefined) return false;
  const { interval, timezone } = paramsOf(query);
  const buckets = intervalOf(interval, timezone);
  return buckets.indexOf(asOf) - buckets.indexOf(from) > RECENT_CANDLES - SPARE_CANDLES;
}

export function serverTime(exchange: string): RestOperation<void, number> {
  return {
    request: () => ({ path: '/api/v5/public/time', weight: WEIGHT_OF_10 }),
    parse: (body) =>
      parse(exchange, 'public/time', body, (rows) =>
        exactInteger(object(rows[0], 'data[0]').ts, 'data[0].ts'),
      ),
    recognise: (url) => (isCallOf(url, 'public/time') ? {} : undefined),
  };
}

/** What an answer holds. Errors come with status 200 and a code other than 0. */
function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (rows: unknown[]) => Result,
): Result {
  try {
    const answer = object(JSON.parse(body), 'body');
    if (answer.code !== '0')
      throw new MalformedFieldError('code', `"0" (${String(answer.msg).slice(0, 128)})`, answer.code);
    return read(list(answer.data, 'data'));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError) {
      throw new MalformedAnswerError(exchange, `/api/v5/${operation}`, error.message, error);
    }
    throw error;
  }
}

/** Whether a URL, of whatever host, is a call of an operation. */
function isCallOf(url: URL, operation: string): boolean {
  return url.pathname.endsWith(`/api/v5/${operation}`);
}

function instrumentCallOf(url: URL, operation: string): { readonly nativeSymbol: string } | undefined {
  const nativeSymbol = url.searchParams.get('instId');
  return isCallOf(url, operation) && nativeSymbol !== null ? { nativeSymbol } : undefined;
}
