import { CandleInterval, type Instrument } from '@exchange-stream/market-data';
import type {
  CandleRow,
  CandlesQuery,
  RestOperation,
  TradeRow,
  TradesOperation,
} from '@exchange-stream/nestjs/contract';
import { readExactJson } from '../decoder/exact-json.ts';
import {
  MalformedFieldError,
  amount,
  exactId,
  exactInteger,
  list,
  object,
  price,
} from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { time } from './coinbase-exchange.fields.ts';
import { readInstruments } from './coinbase-exchange.instruments.ts';
import { readTrade } from './coinbase-exchange.market-data.ts';
import { granularityOf } from './coinbase-exchange.topics.ts';

/** Candles of one answer at most: who asks for more is refused. */
export const MAX_CANDLES = 300;
/** Trades of one answer; the documentation that we have names no maximum. */
const MAX_TRADES = 100;

export function instruments(exchange: string): RestOperation<void, readonly Instrument[]> {
  return {
    request: () => ({ path: '/products', weight: 1 }),
    parse: (body, _query, reject) =>
      parse(exchange, '/products', body, (json) => readInstruments(json, exchange, reject)),
    recognise: (url) => (/\/products$/.test(url.pathname) ? {} : undefined),
  };
}

/** Candles by open time, newest first on the wire, in numbers. A bucket without trades is left out. */
export function candles(exchange: string): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: (query) => ({
      path: `${pathOf(query.nativeSymbol, 'candles')}?granularity=${granularityOf(query.interval) ?? ''}${rangeOf(query)}`,
      weight: 1,
    }),
    parse: (body, { nativeSymbol, interval }, reject) =>
      parse(exchange, pathOf(nativeSymbol, 'candles'), body, (json) => {
        const buckets = new CandleInterval(interval);
        return eachOf(json, reject, (row, field) => readCandle(row, field, buckets)).sort(
          (one, other) => one.openTime - other.openTime,
        );
      }),
    recognise: (url) => productCallOf(url, 'candles'),
  };
}

/** Both ends are open times, and no more are between them than may be asked for. */
function rangeOf({ interval, from, to, limit, asOf }: CandlesQuery): string {
  const lengthMs = new CandleInterval(interval).shortestMs;
  const restMs = (Math.min(limit, MAX_CANDLES) - 1) * lengthMs;
  const last = to ?? (from === undefined ? asOf : from + restMs);
  if (last === undefined) return '';
  const first = Math.max(from ?? 0, last - restMs);
  return `&start=${isoOf(first)}&end=${isoOf(last)}`;
}

function isoOf(at: number): string {
  return new Date(at).toISOString();
}

/** `[time, low, high, open, close, volume]`, of which the time is in seconds. */
function readCandle(entry: unknown, field: string, interval: CandleInterval): CandleRow {
  const row = list(entry, field);
  const at = (column: number): string => `${field}[${column}]`;
  const openTime = exactInteger(row[0], at(0)) * 1_000;
  return {
    interval: interval.text,
    openTime,
    closeTime: interval.end(openTime),
    low: price(row[1], at(1)),
    high: price(row[2], at(2)),
    open: price(row[3], at(3)),
    close: price(row[4], at(4)),
    baseVolume: amount(row[5], at(5)),
  };
}

/** The newest trades there are, newest first on the wire. The side is taken for the maker's, as on the feed. */
export function trades(exchange: string): TradesOperation {
  return {
    pagesBy: 'recent',
    mostPerCall: MAX_TRADES,
    request: ({ nativeSymbol, limit }) => ({
      path: `${pathOf(nativeSymbol, 'trades')}?limit=${Math.min(limit, MAX_TRADES)}`,
      weight: 1,
    }),
    parse: (body, { nativeSymbol }, reject): readonly TradeRow[] =>
      parse(exchange, pathOf(nativeSymbol, 'trades'), body, (json) =>
        eachOf(json, reject, (row, field) => readTrade(object(row, field), `${field}.`, exactId)).reverse(),
      ),
    recognise: (url) => productCallOf(url, 'trades'),
  };
}

export function serverTime(exchange: string): RestOperation<void, number> {
  return {
    request: () => ({ path: '/time', weight: 1 }),
    parse: (body) => parse(exchange, '/time', body, (json) => time(object(json, 'body').iso, 'iso')),
    recognise: (url) => (url.pathname.endsWith('/time') ? {} : undefined),
  };
}

/** The rows that can be read. */
function eachOf<Row>(
  rows: unknown,
  reject: (reason: string) => void,
  read: (row: unknown, field: string) => Row,
): Row[] {
  const found: Row[] = [];
  for (const [index, row] of list(rows, 'body').entries()) {
    try {
      found.push(read(row, `[${index}]`));
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return found;
}

/** Numbers keep their digits. */
function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (json: unknown) => Result,
): Result {
  try {
    return read(readExactJson(Buffer.from(body)));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError)
      throw new MalformedAnswerError(exchange, operation, error.message, error);
    throw error;
  }
}

function pathOf(product: string, operation: string): string {
  return `/products/${encodeURIComponent(product)}/${operation}`;
}

function productCallOf(url: URL, operation: string): { readonly nativeSymbol: string } | undefined {
  const [, nativeSymbol, called] = /\/products\/([^/]+)\/([a-z]+)$/.exec(url.pathname) ?? [];
  return nativeSymbol !== undefined && called === operation ? { nativeSymbol } : undefined;
}
