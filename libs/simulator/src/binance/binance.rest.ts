import type { Clock } from '@exchange-stream/market-data';
import { RequestWeight } from '../binance-platform/request-weight.ts';
import { always, RestDesk, type Endpoint } from '../binance-platform/rest-desk.ts';
import { klinesOf } from '../binance-platform/rest-klines.ts';
import type { RestParameters } from '../binance-platform/rest-parameters.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { ViolationLog } from '../violation-log.ts';
import { exchangeInfo } from './binance.exchange-info.ts';
import { partialDepthFrame } from './binance.frames.ts';
import { DEPTH_LIMIT, KLINES_LIMIT, SPOT_LIMITS, TRADES_LIMIT } from './binance.limits.ts';
import { aggTradeBody, bookTickerBody, dayTickerBody, priceBody, tradeBody } from './binance.rest-bodies.ts';

const DEPTH_PATH = '/api/v3/depth';

/** The REST side of spot: `GET /api/v3/…`, its weights and its errors. */
export function binanceRest(clock: Clock, market: SeededMarket, violations: ViolationLog): RestDesk {
  const info = (asked: RestParameters): unknown =>
    exchangeInfo(asked.optionalSymbols() ?? market.markets, clock.now());
  /** One object for `symbol`, a list for `symbols` or for none. */
  const each =
    (body: (one: InstrumentMarket, now: number) => unknown): Endpoint['answer'] =>
    (asked) => {
      const bodies = (asked.optionalSymbols() ?? market.markets).map((one) => body(one, clock.now()));
      return asked.isSingle ? bodies[0] : bodies;
    };
  return new RestDesk(clock, violations, {
    weight: new RequestWeight(clock, SPOT_LIMITS.requestWeightPerMinute),
    find: (symbol) => market.find(symbol),
    markets: () => market.markets,
    books: { path: DEPTH_PATH, largestLimit: DEPTH_LIMIT, defaultLimit: 100, body: partialDepthFrame },
    endpoints: new Map<string, Endpoint>([
      ['GET /api/v3/ping', { weight: always(1), answer: () => ({}) }],
      ['GET /api/v3/time', { weight: always(1), answer: () => ({ serverTime: clock.now() }) }],
      ['GET /api/v3/exchangeInfo', { weight: always(20), answer: info }],
      [`GET ${DEPTH_PATH}`, { weight: depthWeight, answer: depth }],
      [
        'GET /api/v3/klines',
        { weight: always(2), answer: (asked) => klinesOf(asked, clock.now(), KLINES_LIMIT) },
      ],
      ['GET /api/v3/trades', { weight: always(25), answer: trades }],
      ['GET /api/v3/historicalTrades', { weight: always(25), answer: historicalTrades }],
      ['GET /api/v3/aggTrades', { weight: always(4), answer: aggTrades }],
      ['GET /api/v3/ticker/24hr', { weight: bySymbols(2, 80), answer: each(dayTickerBody) }],
      ['GET /api/v3/ticker/price', { weight: bySymbols(2, 4), answer: each(priceBody) }],
      ['GET /api/v3/ticker/bookTicker', { weight: bySymbols(2, 4), answer: each(bookTickerBody) }],
    ]),
  });
}

/** The current book: changes that the diff streams have not published yet are in it. */
function depth(asked: RestParameters): unknown {
  const market = asked.symbol();
  return partialDepthFrame(market, asked.limit(100, DEPTH_LIMIT));
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

function bySymbols(one: number, all: number): Endpoint['weight'] {
  return (query) => (query.has('symbol') ? one : all);
}
