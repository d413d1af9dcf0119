import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { exchangeInfo } from './binance.exchange-info.ts';
import { partialDepthFrame } from './binance.frames.ts';
import { DEPTH_LIMIT, KLINES_LIMIT, REQUEST_WEIGHT_PER_MINUTE, TRADES_LIMIT } from './binance.limits.ts';
import {
  aggTradeBody,
  bookTickerBody,
  dayTickerBody,
  klineRow,
  priceBody,
  tradeBody,
} from './binance.rest-bodies.ts';
import { RestError, RestParameters } from './binance.rest-parameters.ts';
import { RequestWeight } from './binance.request-weight.ts';

interface Endpoint {
  /** What a request costs, by its query. */
  readonly weight: (query: URLSearchParams) => number;
  readonly answer: (parameters: RestParameters) => unknown;
}

const TOO_MUCH_WEIGHT = -1003;
const DEPTH_PATH = '/api/v3/depth';

/** The REST side of the twin: `GET /api/v3/…`, its weights and its errors. */
export class BinanceRest {
  private readonly weight: RequestWeight;
  private readonly endpoints: ReadonlyMap<string, Endpoint>;

  constructor(
    private readonly clock: Clock,
    private readonly market: SeededMarket,
    private readonly violations: ViolationLog,
  ) {
    this.weight = new RequestWeight(clock);
    this.endpoints = new Map<string, Endpoint>([
      ['/api/v3/ping', { weight: always(1), answer: () => ({}) }],
      ['/api/v3/time', { weight: always(1), answer: () => ({ serverTime: this.clock.now() }) }],
      ['/api/v3/exchangeInfo', { weight: always(20), answer: (asked) => this.exchangeInfo(asked) }],
      [DEPTH_PATH, { weight: depthWeight, answer: depth }],
      ['/api/v3/klines', { weight: always(2), answer: (asked) => this.klines(asked) }],
      ['/api/v3/trades', { weight: always(25), answer: trades }],
      ['/api/v3/historicalTrades', { weight: always(25), answer: historicalTrades }],
      ['/api/v3/aggTrades', { weight: always(4), answer: aggTrades }],
      ['/api/v3/ticker/24hr', { weight: bySymbols(2, 80), answer: this.each(dayTickerBody) }],
      ['/api/v3/ticker/price', { weight: bySymbols(2, 4), answer: this.each(priceBody) }],
      ['/api/v3/ticker/bookTicker', { weight: bySymbols(2, 4), answer: this.each(bookTickerBody) }],
    ]);
  }

  respond(request: RestRequest): RestResponse {
    const endpoint = request.method === 'GET' ? this.endpoints.get(request.path) : undefined;
    const used = this.weight.add(request.address, endpoint?.weight(request.query) ?? 1);
    const headers = { 'x-mbx-used-weight': String(used), 'x-mbx-used-weight-1m': String(used) };
    if (used > REQUEST_WEIGHT_PER_MINUTE) return this.refuse(request, used, headers);
    if (endpoint === undefined) {
      const detail = `${request.method} ${request.path} is not served by the simulated exchange.`;
      return json(404, { code: -1, msg: detail }, headers);
    }
    try {
      return json(200, endpoint.answer(new RestParameters(request.query, this.market)), headers);
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return json(400, { code: error.code, msg: error.message }, headers);
    }
  }

  /** What Binance sends along with an HTTP error: -1003 for limits and bans, -1000 for what it cannot explain. */
  error(status: number): string {
    if (status !== 429 && status !== 418)
      return JSON.stringify({ code: -1000, msg: 'An unknown error occurred.' });
    const msg = 'Way too much request weight used; please use WebSocket Streams to avoid bans.';
    return JSON.stringify({ code: TOO_MUCH_WEIGHT, msg });
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const { markets } = this.market;
    const books = new Map(markets.map((market) => [market, partialDepthFrame(market, DEPTH_LIMIT)]));
    return ({ path, query }) => {
      if (path !== DEPTH_PATH) return undefined;
      const asked = new RestParameters(query, this.market);
      const book = books.get(asked.symbol());
      return JSON.stringify(book, firstLevels(asked.limit(100, DEPTH_LIMIT)));
    };
  }

  private refuse(request: RestRequest, used: number, headers: Record<string, string>): RestResponse {
    const detail = `weight ${used} within the minute, ${REQUEST_WEIGHT_PER_MINUTE} are allowed`;
    this.violations.add({ rule: 'request-weight', address: request.address, detail });
    const msg =
      `Too much request weight used; current limit is ${REQUEST_WEIGHT_PER_MINUTE} request weight per 1 MINUTE. ` +
      'Please use WebSocket Streams for live updates to avoid polling the API.';
    const retryAfter = { 'retry-after': String(this.weight.secondsToReset) };
    return json(429, { code: TOO_MUCH_WEIGHT, msg }, { ...headers, ...retryAfter });
  }

  private exchangeInfo(asked: RestParameters): unknown {
    return exchangeInfo(asked.optionalSymbols() ?? this.market.markets, this.clock.now());
  }

  private klines(asked: RestParameters): unknown {
    const market = asked.symbol();
    const timeframe = asked.timeframe();
    const limit = asked.limit(500, KLINES_LIMIT);
    const from = asked.integer('startTime');
    const to = asked.integer('endTime') ?? Infinity;
    market.closeCandles(this.clock.now());
    const { closed, running } = market.candles(timeframe);
    const candles = [...closed, running].filter(
      ({ openTime }) => openTime >= (from ?? -Infinity) && openTime <= to,
    );
    // From a start the page runs forwards, otherwise it holds the latest.
    const page = from === undefined ? candles.slice(-limit) : candles.slice(0, limit);
    return page.map((candle) => klineRow(market, candle));
  }

  /** One object for `symbol`, a list for `symbols` or for none. */
  private each(body: (market: InstrumentMarket, now: number) => unknown): Endpoint['answer'] {
    return (asked) => {
      const bodies = (asked.optionalSymbols() ?? this.market.markets).map((market) =>
        body(market, this.clock.now()),
      );
      return asked.isSingle ? bodies[0] : bodies;
    };
  }
}

/** The current book: changes that the diff streams have not published yet are in it. */
function depth(asked: RestParameters): unknown {
  const market = asked.symbol();
  return partialDepthFrame(market, asked.limit(100, DEPTH_LIMIT));
}

/** Cuts the sides of a book to so many levels while it becomes text. */
function firstLevels(limit: number): (key: string, value: unknown) => unknown {
  return (key, value) =>
    (key === 'bids' || key === 'asks') && Array.isArray(value) ? value.slice(0, limit) : value;
}

function trades(asked: RestParameters): unknown {
  const market = asked.symbol();
  return market.tape.latest(asked.limit(500, TRADES_LIMIT)).map((trade) => tradeBody(market, trade));
}

/** From an id on, that one included; without it, the latest. */
function historicalTrades(asked: RestParameters): unknown {
  const market = asked.symbol();
  const limit = asked.limit(500, TRADES_LIMIT);
  const fromId = asked.integer('fromId');
  const kept = market.tape.latest(Infinity);
  const page =
    fromId === undefined ? kept.slice(-limit) : kept.filter(({ id }) => id >= fromId).slice(0, limit);
  return page.map((trade) => tradeBody(market, trade));
}

function aggTrades(asked: RestParameters): unknown {
  const market = asked.symbol();
  const limit = asked.limit(500, TRADES_LIMIT);
  const fromId = asked.integer('fromId');
  const from = asked.integer('startTime') ?? -Infinity;
  const to = asked.integer('endTime') ?? Infinity;
  const kept = market.tape
    .latestAggregates(Infinity)
    .filter(({ id, time }) => (fromId === undefined || id >= fromId) && time >= from && time <= to);
  const page = fromId === undefined && from === -Infinity ? kept.slice(-limit) : kept.slice(0, limit);
  return page.map((trade) => aggTradeBody(market, trade));
}

function depthWeight(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 100);
  return limit > 1000 ? 250 : limit > 500 ? 50 : limit > 100 ? 25 : 5;
}

function always(weight: number): Endpoint['weight'] {
  return () => weight;
}

function bySymbols(one: number, all: number): Endpoint['weight'] {
  return (query) => (query.has('symbol') ? one : all);
}

function json(status: number, body: unknown, headers: Record<string, string>): RestResponse {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8', ...headers },
    body: JSON.stringify(body),
  };
}
