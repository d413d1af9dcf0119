import type { Clock } from '@exchange-stream/market-data';
import type { Payload } from '../binance-platform/frames.ts';
import { RequestWeight } from '../binance-platform/request-weight.ts';
import { always, RestDesk, type Endpoint } from '../binance-platform/rest-desk.ts';
import { klinesOf } from '../binance-platform/rest-klines.ts';
import { INVALID_PARAMETER, RestError, type RestParameters } from '../binance-platform/rest-parameters.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { levelsText, type SeededMarket } from '../market/seeded-market.ts';
import type { ViolationLog } from '../violation-log.ts';
import { exchangeInfo } from './futures.exchange-info.ts';
import {
  DEPTH_LIMITS,
  FUNDING_REQUESTS,
  FUNDING_WINDOW_MS,
  FUTURES_LIMITS,
  KLINES_LIMIT,
  LARGEST_DEPTH,
} from './futures.limits.ts';
import { pairOf, productOf, type Product } from './futures.product.ts';
import {
  fundingInfoRow,
  fundingRateRows,
  openInterestBody,
  premiumIndexBody,
} from './futures.rest-bodies.ts';

const ROOT: Record<Product, string> = { usdm: '/fapi/v1', coinm: '/dapi/v1' };
const DEFAULT_DEPTH = 500;
/** How an empty book is numbered: that of a symbol which does not trade yet. */
const NO_UPDATE = -1;

/** What an address used: one count for both products. */
export interface FuturesPools {
  readonly weight: RequestWeight;
  /** Requests for rates of funding. */
  readonly funding: RequestWeight;
}

export function futuresPools(clock: Clock): FuturesPools {
  return {
    weight: new RequestWeight(clock, FUTURES_LIMITS.requestWeightPerMinute),
    funding: new RequestWeight(clock, FUNDING_REQUESTS, FUNDING_WINDOW_MS),
  };
}

/** The REST side of one product, its weights and its errors. The other product is not found here. */
export function futuresRest(
  product: Product,
  clock: Clock,
  market: SeededMarket,
  violations: ViolationLog,
  pools: FuturesPools,
): RestDesk {
  const root = ROOT[product];
  const markets = (): readonly InstrumentMarket[] =>
    market.markets.filter(({ instrument }) => productOf(instrument) === product);
  const perpetuals = (asked: RestParameters): readonly InstrumentMarket[] =>
    (asked.optionalSymbols() ?? markets()).filter(({ contract }) => contract?.funding);
  const info = (): unknown => exchangeInfo(product, markets(), (one) => market.isHalted(one), clock.now());
  const depth = (one: InstrumentMarket, levels: number): Payload =>
    depthBody(product, one, levels, clock.now());
  /** One object for a symbol, a list for none; coin-margined always a list. */
  const premiumIndex = (asked: RestParameters): unknown => {
    const bodies = (asked.optionalSymbols() ?? markets()).map((one) => premiumIndexBody(one, clock.now()));
    return asked.isSingle && product === 'usdm' ? bodies[0] : bodies;
  };
  return new RestDesk(clock, violations, {
    weight: pools.weight,
    find: (symbol) => markets().find(({ instrument }) => instrument.symbol === symbol),
    markets,
    books: {
      path: `${root}/depth`,
      largestLimit: LARGEST_DEPTH,
      defaultLimit: DEFAULT_DEPTH,
      body: depth,
    },
    endpoints: new Map<string, Endpoint>([
      [`GET ${root}/ping`, { weight: always(1), answer: () => ({}) }],
      [`GET ${root}/time`, { weight: always(1), answer: () => ({ serverTime: clock.now() }) }],
      [`GET ${root}/exchangeInfo`, { weight: always(1), answer: info }],
      [
        `GET ${root}/depth`,
        { weight: depthWeight, answer: (asked) => depth(asked.symbol(), levelsOf(asked)) },
      ],
      [
        `GET ${root}/klines`,
        { weight: klinesWeight, answer: (asked) => klinesOf(asked, clock.now(), KLINES_LIMIT, ['1s']) },
      ],
      [`GET ${root}/premiumIndex`, { weight: always(1), answer: premiumIndex }],
      [
        `GET ${root}/openInterest`,
        { weight: always(1), answer: (asked) => openInterestBody(product, asked.symbol(), clock.now()) },
      ],
      [
        `GET ${root}/fundingRate`,
        {
          weight: always(1),
          pool: pools.funding,
          answer: (asked) => fundingRateRows(asked, perpetuals(asked), clock.now()),
        },
      ],
      [
        `GET ${root}/fundingInfo`,
        { weight: always(1), pool: pools.funding, answer: () => markets().flatMap(fundingInfoRow) },
      ],
    ]),
  });
}

/** The current book: changes that the diff streams have not published yet are in it. */
function depthBody(product: Product, market: InstrumentMarket, levels: number, now: number): Payload {
  const { book, format, instrument, status } = market;
  const names = { symbol: instrument.symbol, pair: pairOf(instrument) };
  const isOpen = status !== 'break';
  return {
    lastUpdateId: isOpen ? book.lastUpdateId : NO_UPDATE,
    E: now,
    T: now,
    ...(product === 'coinm' && names),
    bids: isOpen ? levelsText(book.bids, format.price, format.amount, levels) : [],
    asks: isOpen ? levelsText(book.asks, format.price, format.amount, levels) : [],
  };
}

function levelsOf(asked: RestParameters): number {
  const levels = asked.integer('limit') ?? DEFAULT_DEPTH;
  if (DEPTH_LIMITS.includes(levels)) return levels;
  throw new RestError(INVALID_PARAMETER, "Data sent for parameter 'limit' is not valid.");
}

function depthWeight(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? DEFAULT_DEPTH);
  return limit > 500 ? 20 : limit > 100 ? 10 : limit > 50 ? 5 : 2;
}

function klinesWeight(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 500);
  return limit > 1000 ? 10 : limit >= 500 ? 5 : limit >= 100 ? 2 : 1;
}
