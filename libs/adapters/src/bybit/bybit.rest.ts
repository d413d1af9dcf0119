import { CandleInterval } from '@exchange-stream/market-data';
import type {
  CandleRow,
  CandlesQuery,
  InstrumentsOperation,
  RestAnswer,
  RestOperation,
  TradeRow,
  TradesOperation,
} from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  exactInteger,
  integer,
  list,
  object,
  price,
  text,
  type WireObject,
} from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { known, side } from './bybit.fields.ts';
import { readInstruments } from './bybit.instruments.ts';
import { isCategory, wireInterval, type Category } from './bybit.topics.ts';

/** Rows of one page of instruments, the documented maximum; without a number there are 500, and linear has more. */
const MAX_INSTRUMENTS = 1000;
/** Candles of one answer, the documented maximum. */
export const MAX_CANDLES = 1000;
/**
 * Trades of one answer. The documentation that we have names no maximum; so few are within any.
 */
const MAX_TRADES = 60;

/** Thrown when Bybit refuses a call in the body of an answer, whose status is 200 all the same. */
export class BybitRefusalError extends Error {
  readonly code = 'REFUSED';

  constructor(
    readonly exchange: string,
    readonly operation: string,
    /** Bybit's own code. */
    readonly retCode: number,
    reason: string,
  ) {
    super(`${exchange}: GET /v5/market/${operation} was refused with code ${retCode}: ${reason}`);
    this.name = 'BybitRefusalError';
  }
}

/**
 * Instruments of every category. Contracts before their launch are not listed among the others, and options are listed by
 * coin.
 */
export function instruments(exchange: string, optionCoins: readonly string[]): InstrumentsOperation {
  const parts = new Map<string, string>([
    ['spot', 'category=spot'],
    ['linear', 'category=linear'],
    ['linear before launch', 'category=linear&status=PreLaunch'],
    ['inverse', 'category=inverse'],
    ['inverse before launch', 'category=inverse&status=PreLaunch'],
    ...optionCoins.map(
      (coin) => [`options of ${coin}`, `category=option&baseCoin=${encodeURIComponent(coin)}`] as const,
    ),
  ]);
  return {
    parts: [...parts.keys()],
    request: (query) => ({
      path:
        `/v5/market/instruments-info?${parts.get(query?.part ?? 'spot') ?? 'category=spot'}` +
        // Spot has all in one page.
        `&limit=${MAX_INSTRUMENTS}` +
        (query?.cursor === undefined ? '' : `&cursor=${encodeURIComponent(query.cursor)}`),
      weight: 1,
    }),
    parse: (body, query, reject) =>
      parse(exchange, 'instruments-info', body, ({ result }) =>
        readInstruments(result, askedCategory(query?.part), exchange, reject),
      ),
    nextPage: (body) => {
      const { nextPageCursor } = object(object(JSON.parse(body), 'body').result, 'result');
      const cursor = known(nextPageCursor);
      // It is escaped already, as it stands in queries.
      return cursor === undefined ? undefined : decoded(text(cursor, 'nextPageCursor'));
    },
    recognise: (url) => (isCallOf(url, 'instruments-info') ? {} : undefined),
  };
}

/** Candles by open time, newest first on the wire. */
export function candles(exchange: string): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: ({ nativeSymbol, category, interval, from, to, limit }) => ({
      path:
        `/v5/market/kline?${listed(nativeSymbol, category)}&interval=${encodeURIComponent(wireInterval(interval))}` +
        (from === undefined ? '' : `&start=${from}`) +
        (to === undefined ? '' : `&end=${to}`) +
        `&limit=${Math.min(limit, MAX_CANDLES)}`,
      weight: 1,
    }),
    parse: (body, { nativeSymbol, category, interval }) =>
      parse(exchange, `kline?symbol=${nativeSymbol}`, body, ({ result }) =>
        readCandles(object(result, 'result').list, interval, category === 'inverse'),
      ),
    recognise: (url) => symbolCallOf(url, 'kline'),
  };
}

/** The newest trades there are: nothing older can be had. */
export function trades(exchange: string): TradesOperation {
  return {
    pagesBy: 'recent',
    mostPerCall: MAX_TRADES,
    request: ({ nativeSymbol, category, limit }) => ({
      path: `/v5/market/recent-trade?${listed(nativeSymbol, category)}&limit=${Math.min(limit, MAX_TRADES)}`,
      weight: 1,
    }),
    parse: (body, { nativeSymbol }, reject) =>
      parse(exchange, `recent-trade?symbol=${nativeSymbol}`, body, ({ result }) =>
        readTrades(object(result, 'result').list, reject),
      ),
    recognise: (url) => symbolCallOf(url, 'recent-trade'),
  };
}

/** Every answer bears the time; this one does nothing else. */
export function serverTime(exchange: string): RestOperation<void, number> {
  return {
    request: () => ({ path: '/v5/market/time', weight: 1 }),
    parse: (body) => parse(exchange, 'time', body, ({ time }) => integer(time, 'time')),
    recognise: (url) => (isCallOf(url, 'time') ? {} : undefined),
  };
}

/** Rows are arrays of text: open time, open, high, low, close, volume, turnover. None says whether it is closed. */
function readCandles(value: unknown, interval: string, isInverse: boolean): CandleRow[] {
  const buckets = new CandleInterval(interval);
  const rows = list(value, 'list').map((entry, index) => {
    const at = (column: number): string => `list[${index}][${column}]`;
    const row = list(entry, `list[${index}]`);
    const volume = amount(row[5], at(5));
    const turnover = amount(row[6], at(6));
    const openTime = exactInteger(row[0], at(0));
    return {
      interval,
      openTime,
      closeTime: buckets.end(openTime),
      open: price(row[1], at(1)),
      high: price(row[2], at(2)),
      low: price(row[3], at(3)),
      close: price(row[4], at(4)),
      // Of inverse contracts the volume is in USD, and the turnover in the base coin.
      baseVolume: isInverse ? turnover : volume,
      quoteVolume: isInverse ? volume : turnover,
    };
  });
  return rows.sort((one, other) => one.openTime - other.openTime);
}

function readTrades(value: unknown, reject: (reason: string) => void): TradeRow[] {
  const rows = list(value, 'list').flatMap((entry, index) => {
    try {
      return [readTrade(entry, `list[${index}]`)];
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
      return [];
    }
  });
  const [first, last] = [rows[0]?.exchangeTime ?? 0, rows.at(-1)?.exchangeTime ?? 0];
  // Newest first, unless the times say otherwise.
  return first >= last ? rows.reverse() : rows;
}

function readTrade(entry: unknown, field: string): TradeRow {
  const row = object(entry, field);
  return {
    id: text(row.execId, `${field}.execId`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.size, `${field}.size`),
    side: side(row.side, `${field}.side`),
    exchangeTime: exactInteger(row.time, `${field}.time`),
    ...(row.isBlockTrade === true && { block: true }),
  };
}

function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (answer: WireObject) => Result,
): Result {
  try {
    const answer = object(JSON.parse(body), 'body');
    const code = integer(answer.retCode, 'retCode');
    if (code !== 0)
      throw new BybitRefusalError(exchange, operation, code, String(answer.retMsg).slice(0, 200));
    return read(answer);
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError) {
      throw new MalformedAnswerError(exchange, `/v5/market/${operation}`, error.message, error);
    }
    throw error;
  }
}

function listed(nativeSymbol: string, category: string | undefined): string {
  return `category=${encodeURIComponent(category ?? 'spot')}&symbol=${encodeURIComponent(nativeSymbol)}`;
}

/** Category of a part of the list of instruments. */
function askedCategory(part: string | undefined): Category | undefined {
  const [first = ''] = (part ?? '').split(' ', 1);
  if (first === 'options') return 'option';
  return isCategory(first) ? first : undefined;
}

function decoded(cursor: string): string {
  try {
    return decodeURIComponent(cursor);
  } catch {
    return cursor; // A stray `%`: then it is what it says.
  }
}

function isCallOf(url: URL, operation: string): boolean {
  return url.pathname.endsWith(`/v5/market/${operation}`);
}

function symbolCallOf(
  url: URL,
  operation: string,
): { readonly nativeSymbol: string; readonly category?: string } | undefined {
  const nativeSymbol = url.searchParams.get('symbol');
  if (!isCallOf(url, operation) || nativeSymbol === null) return undefined;
  const category = url.searchParams.get('category');
  return { nativeSymbol, ...(category !== null && { category }) };
}

/** "REST 600 requests in 5 s → 403, wait 10 min". */
const BLOCKED_MS = 600_000;
/** Code of an answer, with status 200, that says that there were too many: the window is 5 s. */
const TOO_MANY = /^\s*\{\s*"retCode"\s*:\s*10006\b/;
const TOO_MANY_MS = 5_000;

/** How long an answer wants us to stay away. */
export function stopAfter({ status, body }: RestAnswer): number | undefined {
  if (status === 403) return BLOCKED_MS;
  return TOO_MANY.test(body.slice(0, 100)) ? TOO_MANY_MS : undefined;
}
