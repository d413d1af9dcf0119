import { CandleInterval, type Instrument } from '@exchange-stream/market-data';
import type {
  CandleRow,
  CandlesQuery,
  DerivativesRow,
  InstrumentsOperation,
  ListedSymbol,
  RestOperation,
  TradeRow,
  TradesOperation,
} from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  list,
  object,
  optionalAmount,
  optionalPrice,
  optionalSignedDecimal,
  type WireObject,
} from '../decoder/fields.ts';
import { MalformedAnswerError } from '../decoder/malformed-answer.ts';
import { present, time } from './coinbase.fields.ts';
import { readInstruments, type ContractSizes } from './coinbase.instruments.ts';
import { readCandle, readTrade } from './coinbase.market-data.ts';
import { granularityOf } from './coinbase.topics.ts';
import type { WireFuture } from './coinbase.wire.ts';

const PREFIX = '/api/v3/brokerage/';

/** Candles of one answer at most. */
export const MAX_CANDLES = 350;
/** Trades of one answer; the documentation that we have names no maximum, and the stream greets with so many. */
const MAX_TRADES = 100;

/** Public answers come from a store that is up to a second old, unless this is said. */
const FRESH = { 'cache-control': 'no-cache' };

/** What Coinbase lists: the plain list has spot alone, so futures are asked for by themselves. */
export function instruments(exchange: string, sizes: ContractSizes): InstrumentsOperation {
  return {
    parts: ['SPOT', 'FUTURE'],
    request: (query) => {
      const cursor = query?.cursor === undefined ? '' : `&cursor=${encodeURIComponent(query.cursor)}`;
      return { path: `${PREFIX}market/products?product_type=${query?.part ?? 'SPOT'}${cursor}`, weight: 1 };
    },
    parse: (body, query, reject): readonly Instrument[] =>
      parse(exchange, 'market/products', body, ({ products }) => {
        const found = readInstruments(products, query?.part, exchange, reject);
        sizes.learn(found);
        return found;
      }),
    nextPage: (body) =>
      parse(exchange, 'market/products', body, ({ pagination }) => {
        // Null where there is one page only.
        const { has_next: hasNext, next_cursor: next } = object(pagination ?? {}, 'pagination');
        return hasNext === true && typeof next === 'string' && next !== '' ? next : undefined;
      }),
    recognise: (url) => (isCallOf(url, 'market/products') ? {} : undefined),
  };
}

/** Candles by open time, newest first on the wire. A bucket without trades is left out. */
export function candles(
  exchange: string,
  sizes: ContractSizes,
): RestOperation<CandlesQuery, readonly CandleRow[]> {
  return {
    request: (query) => ({
      path:
        `${PREFIX}market/products/${encodeURIComponent(query.nativeSymbol)}/candles` +
        `?${rangeOf(query)}granularity=${granularityOf(query.interval) ?? ''}`,
      weight: 1,
      headers: FRESH,
    }),
    parse: (body, { nativeSymbol, interval }, reject) =>
      parse(exchange, `market/products/${nativeSymbol}/candles`, body, (answer) => {
        const buckets = new CandleInterval(interval);
        return eachOf(answer.candles, 'candles', reject, (row, field) =>
          readCandle(row, field, nativeSymbol, buckets, sizes),
        ).sort((one, other) => one.openTime - other.openTime);
      }),
    recognise: (url) => productCallOf(url, '/candles'),
  };
}

/** Both ends have to be named: from the first open time up to within the last bucket, and no more than may be asked for. */
function rangeOf({ interval, from, to, limit, asOf }: CandlesQuery): string {
  const lengthMs = new CandleInterval(interval).shortestMs;
  const restMs = (Math.min(limit, MAX_CANDLES) - 1) * lengthMs;
  const last = to ?? (from === undefined ? asOf : from + restMs);
  if (last === undefined) return '';
  const first = Math.max(from ?? 0, last - restMs);
  return `start=${seconds(first)}&end=${seconds(last + lengthMs) - 1}&`;
}

/** The newest trades there are, newest first on the wire. The side is the maker's here, too. */
export function trades(exchange: string): TradesOperation {
  return {
    pagesBy: 'recent',
    mostPerCall: MAX_TRADES,
    request: ({ nativeSymbol, limit }) => ({
      path: `${PREFIX}market/products/${encodeURIComponent(nativeSymbol)}/ticker?limit=${Math.min(limit, MAX_TRADES)}`,
      weight: 1,
      headers: FRESH,
    }),
    parse: (body, { nativeSymbol }, reject): readonly TradeRow[] =>
      parse(exchange, `market/products/${nativeSymbol}/ticker`, body, (answer) =>
        eachOf(answer.trades, 'trades', reject, readTrade).reverse(),
      ),
    recognise: (url) => productCallOf(url, '/ticker'),
  };
}

/** What no stream tells of a future: funding, index price and open interest. */
export function futureDetails(exchange: string): RestOperation<ListedSymbol, DerivativesRow | undefined> {
  return {
    request: ({ nativeSymbol }) => ({
      path: `${PREFIX}market/products/${encodeURIComponent(nativeSymbol)}`,
      weight: 1,
      headers: FRESH,
    }),
    parse: (body, { nativeSymbol }) =>
      parse(exchange, `market/products/${nativeSymbol}`, body, ({ future_product_details: details }) =>
        present(details) === undefined ? undefined : readDetails(object(details, 'future_product_details')),
      ),
    recognise: (url) => productCallOf(url, ''),
  };
}

/** `funding_time` is left out: whether it is the last payment or the next one is said nowhere, and recorded ones are past. */
function readDetails(details: WireFuture): DerivativesRow {
  const fundingRate = optionalSignedDecimal(present(details.funding_rate), 'funding_rate');
  const indexPrice = optionalPrice(present(details.index_price), 'index_price');
  const open = optionalAmount(present(details.open_interest), 'open_interest');
  const fundingIntervalMs = intervalOf(details.funding_interval);
  return {
    ...(fundingRate !== undefined && { fundingRate }),
    ...(fundingIntervalMs !== undefined && { fundingIntervalMs }),
    ...(indexPrice !== undefined && { indexPrice }),
    ...(open !== undefined && { openInterestContracts: open }),
  };
}

/** `3600s` */
function intervalOf(value: unknown): number | undefined {
  const given = present(value);
  if (given === undefined) return undefined;
  const [, digits] = (typeof given === 'string' && /^(\d{1,8})s$/.exec(given)) || [];
  if (digits === undefined) throw new MalformedFieldError('funding_interval', 'seconds, as "3600s"', value);
  return Number(digits) * 1_000;
}

export function serverTime(exchange: string): RestOperation<void, number> {
  return {
    request: () => ({ path: `${PREFIX}time`, weight: 1, headers: FRESH }),
    parse: (body) => parse(exchange, 'time', body, ({ iso }) => time(iso, 'iso')),
    recognise: (url) => (isCallOf(url, 'time') ? {} : undefined),
  };
}

/** The rows of a list that can be read and mean something. */
function eachOf<Row>(
  rows: unknown,
  name: string,
  reject: (reason: string) => void,
  read: (row: WireObject, field: string) => Row | undefined,
): Row[] {
  const found: Row[] = [];
  for (const [index, entry] of list(rows, name).entries()) {
    try {
      const row = read(object(entry, `${name}[${index}]`), `${name}[${index}]`);
      if (row !== undefined) found.push(row);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      reject(error.message);
    }
  }
  return found;
}

function parse<Result>(
  exchange: string,
  operation: string,
  body: string,
  read: (answer: WireObject) => Result,
): Result {
  try {
    return read(object(JSON.parse(body), 'body'));
  } catch (error) {
    if (error instanceof MalformedFieldError || error instanceof SyntaxError)
      throw new MalformedAnswerError(exchange, `${PREFIX}${operation}`, error.message, error);
    throw error;
  }
}

function seconds(timeMs: number): number {
  return Math.floor(timeMs / 1_000);
}

/** Whether a URL, of whatever host, is a call of an operation. */
function isCallOf(url: URL, operation: string): boolean {
  return url.pathname.endsWith(`${PREFIX}${operation}`);
}

const PRODUCT_CALL = /\/api\/v3\/brokerage\/market\/products\/([^/]+)(\/[a-z_]+)?$/;

function productCallOf(url: URL, operation: string): { readonly nativeSymbol: string } | undefined {
  const [, nativeSymbol, called = ''] = PRODUCT_CALL.exec(url.pathname) ?? [];
  return nativeSymbol !== undefined && called === operation ? { nativeSymbol } : undefined;
}
