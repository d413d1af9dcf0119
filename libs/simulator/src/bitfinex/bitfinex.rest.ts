import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { Timeframe } from '../market/timeframe.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import { bestRows, NO_ROWS } from './bitfinex.book-rows.ts';
import type { BitfinexConfLists } from './bitfinex.conf-lists.ts';
import type { BitfinexDerivatives } from './bitfinex.derivatives.ts';
import { BitfinexError, CODES } from './bitfinex.errors.ts';
import { candleRow, list } from './bitfinex.frames.ts';
import { BOOK_LENGTHS, CANDLES_LIMIT } from './bitfinex.limits.ts';
import { BitfinexOrders } from './bitfinex.orders.ts';
import { parseCandleKey } from './bitfinex.timeframes.ts';
import { find, PRECISIONS } from './bitfinex.topics.ts';

type Query = RestRequest['query'];

const CANDLES_BY_DEFAULT = 120;
const BOOK = /^\/v2\/book\/([^/]+)\/([^/]+)$/;
const CANDLES = /^\/v2\/candles\/([^/]+)\/(hist|last)$/;
const CONF = /^\/v2\/conf\/(.+)$/;

export interface RestSurroundings {
  readonly market: SeededMarket;
  readonly lists: BitfinexConfLists;
  readonly derivatives: BitfinexDerivatives;
  readonly isOperative: () => boolean;
}

/** The REST side of the twin: `GET /v2/…`. */
export class BitfinexRest {
  constructor(
    private readonly clock: Clock,
    private readonly surroundings: RestSurroundings,
  ) {}

  respond({ method, path, query }: RestRequest): RestResponse {
    try {
      const body = method === 'GET' ? this.answer(decodeURIComponent(path), query) : undefined;
      if (body !== undefined) return json(200, body);
      return json(404, `${method} ${path} is not served by the simulated exchange.`);
    } catch (error) {
      if (!(error instanceof BitfinexError)) throw error;
      return json(400, errorText(error));
    }
  }

  /** The wording of errors of REST is not documented for us. */
  error(status: number): string {
    return errorText(
      status === 429
        ? new BitfinexError(CODES.notReady, 'too many requests')
        : new BitfinexError(CODES.generic, 'temporarily unavailable'),
    );
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const frozen = new Map<string, string>();
    for (const { instrument } of this.surroundings.market.markets)
      for (const precision of PRECISIONS)
        for (const length of BOOK_LENGTHS)
          frozen.set(
            `/v2/book/${instrument.symbol}/${precision}?${length}`,
            this.book(instrument.symbol, precision, new URLSearchParams({ len: length })),
          );
    return ({ path, query }) => frozen.get(`${decodeURIComponent(path)}?${query.get('len') ?? '25'}`);
  }

  private answer(path: string, query: Query): string | undefined {
    if (path === '/v2/platform/status') return this.surroundings.isOperative() ? '[1]' : '[0]';
    if (path === '/v2/status/deriv') return this.derivatives(query);
    const [, keys] = CONF.exec(path) ?? [];
    if (keys !== undefined) return JSON.stringify(this.surroundings.lists.of(keys));
    const [, symbol, precision] = BOOK.exec(path) ?? [];
    if (symbol !== undefined && precision !== undefined) return this.book(symbol, precision, query);
    const [, key, section] = CANDLES.exec(path) ?? [];
    return key === undefined ? undefined : this.candles(key, section === 'last', query);
  }

  /** The current book: changes that have not been published yet are in it. */
  private book(symbol: string, precision: string, query: Query): string {
    const market = find(this.surroundings.market, symbol);
    if (market === undefined) throw new BitfinexError(CODES.parameters, 'symbol: invalid');
    if (!PRECISIONS.includes(precision)) throw new BitfinexError(CODES.parameters, 'precision: invalid');
    const length = query.get('len') ?? '25';
    if (!BOOK_LENGTHS.includes(length)) throw new BitfinexError(CODES.parameters, 'length: invalid');
    const view = { precision, frequency: 'F0', length: Number(length) };
    const { bids, asks } = bestRows(market, view, NO_ROWS, () => new BitfinexOrders(market));
    return list([...bids.values(), ...asks.values()].map(({ text }) => text));
  }

  /** The newest first, `sort=1` the oldest; of times nothing is left out, both ends included. */
  private candles(key: string, isLast: boolean, query: Query): string {
    const parsed = parseCandleKey(key);
    const market = parsed && find(this.surroundings.market, parsed.symbol);
    if (parsed === undefined || market === undefined)
      throw new BitfinexError(CODES.parameters, 'key: invalid');
    market.closeCandles(this.clock.now());
    const { closed, running } = market.candles(new Timeframe(parsed.interval));
    const [start, end] = [countOf(query, 'start') ?? -Infinity, countOf(query, 'end') ?? Infinity];
    const limit = isLast ? 1 : (countOf(query, 'limit') ?? CANDLES_BY_DEFAULT);
    if (limit < 1 || limit > CANDLES_LIMIT) throw new BitfinexError(CODES.parameters, 'limit: invalid');
    const candles = [...closed, running].filter(
      ({ openTime, trades }) => trades > 0 && openTime >= start && openTime <= end,
    );
    const isAscending = query.get('sort') === '1';
    const chosen = isAscending ? candles.slice(0, limit) : candles.slice(-limit).reverse();
    const rows = chosen.map((candle) => candleRow(market, candle));
    return isLast ? (rows[0] ?? '[]') : list(rows);
  }

  private derivatives(query: Query): string {
    const keys = query.get('keys') ?? 'ALL';
    const { market, derivatives } = this.surroundings;
    const symbols = keys === 'ALL' ? market.symbols : keys.split(',');
    const markets = symbols.flatMap((symbol) => find(market, symbol) ?? []);
    return list(markets.flatMap((one) => derivatives.namedRow(one) ?? []));
  }
}

function countOf(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  if (!/^\d{1,16}$/.test(text)) throw new BitfinexError(CODES.parameters, `${name}: invalid`);
  return Number(text);
}

function errorText({ code, message }: BitfinexError): string {
  return JSON.stringify(['error', code, message]);
}

function json(status: number, body: string): RestResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}
