import type { Clock } from '@exchange-stream/market-data';
import type { Rest } from '../coinbase-platform/platform.ts';
import { isoTime } from '../coinbase-platform/times.ts';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { levelsText, type SeededMarket } from '../market/seeded-market.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { candleRow, tradeRow, type Payload } from './coinbase.frames.ts';
import { productOf } from './coinbase.instruments.ts';
import { CACHED_MS, CANDLES_PER_REQUEST } from './coinbase.limits.ts';
import { productRows } from './coinbase.products.ts';
import { RestError, RestParameters } from './coinbase.rest-parameters.ts';

export interface CoinbaseRestParts {
  readonly clock: Clock;
  readonly market: () => SeededMarket;
  readonly violations: ViolationLog;
}

const BASE = '/api/v3/brokerage';
const PRODUCTS = `${BASE}/market/products`;
const BOOK = `${BASE}/market/product_book`;
const PRODUCT_PATH = new RegExp(`^${PRODUCTS}/([^/]+)(/candles|/ticker)?$`);
const TRADES = { byDefault: 100, most: 1000 };
/** Of answers that may be had again. */
const MOST_CACHED = 500;

interface Cached {
  readonly at: number;
  readonly response: RestResponse;
}

/** The public REST side: `GET /api/v3/brokerage/…`. Who asks twice within a second is answered the same. */
export class CoinbaseRest implements Rest {
  private readonly cache = new Map<string, Cached>();

  constructor(private readonly parts: CoinbaseRestParts) {}

  respond(request: RestRequest): RestResponse {
    const now = this.parts.clock.monotonic();
    const wantsFresh = request.headers['cache-control'] === 'no-cache';
    const cached = this.cache.get(request.target);
    if (!wantsFresh && cached !== undefined && now - cached.at < CACHED_MS) return cached.response;
    const response = this.answer(request);
    if (this.cache.size >= MOST_CACHED) this.cache.clear();
    if (response.status === 200) this.cache.set(request.target, { at: now, response });
    return response;
  }

  /** What is sent along with an HTTP error. */
  error(status: number): string {
    return errorBody(status === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL', 'The service is not available.');
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const frozen = new Map<string, (limit: number) => string>();
    for (const market of this.parts.market().markets) {
      const whole = this.bookOf(market, Infinity);
      frozen.set(market.instrument.symbol, (limit) => JSON.stringify(firstLevels(whole, limit)));
    }
    return ({ path, query }) => {
      if (path !== BOOK) return undefined;
      const limit = Number(query.get('limit') || Infinity);
      return frozen.get(productOf(query.get('product_id') ?? ''))?.(limit);
    };
  }

  private answer(request: RestRequest): RestResponse {
    try {
      return json(200, JSON.stringify(this.resultOf(request)));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      const code = error.status === 404 ? 'NOT_FOUND' : 'INVALID_ARGUMENT';
      return json(error.status, errorBody(code, error.message));
    }
  }

  private resultOf({ method, path, query, address }: RestRequest): Payload {
    const asked = new RestParameters(query);
    if (method !== 'GET') throw new RestError(`${method} ${path} is not served`, 404);
    if (path === `${BASE}/time`) return this.time();
    if (path === PRODUCTS) return this.products(asked);
    if (path === BOOK) {
      const book = this.bookOf(this.listed(asked.text('product_id') ?? ''), asked.limit(Infinity, Infinity));
      return pricebook(book);
    }
    const [, id = '', what] = PRODUCT_PATH.exec(path) ?? [];
    if (id === '') throw new RestError(`${method} ${path} is not served`, 404);
    const market = this.listed(decodeURIComponent(id));
    switch (what) {
      case '/candles':
        return this.candles(market, asked, address);
      case '/ticker':
        return this.ticker(market, asked);
      default:
        return this.rowsOf(market).find(({ product_id: name }) => name === id) ?? {};
    }
  }

  private time(): Payload {
    const now = Math.floor(this.parts.clock.now());
    return { iso: isoTime(now), epochSeconds: String(Math.floor(now / 1000)), epochMillis: String(now) };
  }

  /** Spot, unless futures are asked for. */
  private products(asked: RestParameters): Payload {
    const type = asked.text('product_type') ?? 'SPOT';
    const expiryType = asked.text('contract_expiry_type');
    if (type !== 'SPOT' && type !== 'FUTURE') throw new RestError('product_type is invalid');
    const products = this.parts
      .market()
      .markets.filter(({ instrument: { contract } }) => (contract === undefined) === (type === 'SPOT'))
      // All that there are expire, those that are called perpetuals too.
      .filter(() => expiryType === undefined || expiryType === 'EXPIRING')
      .flatMap((market) => this.rowsOf(market));
    const pagination = { prev_cursor: '', next_cursor: '', has_next: false, has_prev: false };
    return { products, num_products: products.length, pagination };
  }

  /** Newest first. Buckets in which nothing was traded are missing. */
  private candles(market: InstrumentMarket, asked: RestParameters, address: string): Payload {
    const timeframe = asked.granularity();
    const [start, end] = [asked.seconds('start') * 1000, asked.seconds('end') * 1000];
    const lengthMs = timeframe.end(0) - timeframe.start(0);
    if ((end - start) / lengthMs > CANDLES_PER_REQUEST) {
      const detail = `more than ${CANDLES_PER_REQUEST} candles were asked for`;
      this.parts.violations.add({ rule: 'invalid-request', address, detail });
      throw new RestError(`number of candles requested should be less than ${CANDLES_PER_REQUEST}`);
    }
    market.closeCandles(this.parts.clock.now());
    const { closed, running } = market.candles(timeframe);
    const candles = [...closed, running]
      .filter(({ openTime, trades }) => trades > 0 && openTime >= start && openTime <= end)
      .slice(-asked.limit(CANDLES_PER_REQUEST, CANDLES_PER_REQUEST))
      .map((candle) => candleRow(market, candle));
    return { candles: candles.reverse() };
  }

  /** The latest trades, newest first, each with the side of its maker, and the best prices. */
  private ticker(market: InstrumentMarket, asked: RestParameters): Payload {
    const { tape, book, format } = market;
    const trades = tape
      .latest(asked.limit(TRADES.byDefault, TRADES.most))
      .map((trade) => ({ ...tradeRow(market, trade), bid: '', ask: '', exchange: 'coinbase' }));
    return {
      trades: trades.reverse(),
      best_bid: format.price.text(book.bids.price(0) ?? 0),
      best_ask: format.price.text(book.asks.price(0) ?? 0),
    };
  }

  private bookOf({ instrument, book, format }: InstrumentMarket, limit: number): BookRows {
    const { price, amount } = format;
    return {
      product_id: instrument.symbol,
      bids: levelsText(book.bids, price, amount, limit),
      asks: levelsText(book.asks, price, amount, limit),
      time: isoTime(this.parts.clock.now()),
    };
  }

  private rowsOf(market: InstrumentMarket): readonly Payload[] {
    return productRows(market, this.parts.market(), this.parts.clock.now());
  }

  private listed(name: string): InstrumentMarket {
    const market = this.parts.market().find(productOf(name));
    if (market === undefined) throw new RestError(`product ${JSON.stringify(name)} is not found`, 404);
    return market;
  }
}

type Level = readonly [price: string, amount: string];

interface BookRows {
  readonly product_id: string;
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  readonly time: string;
}

function firstLevels(book: BookRows, limit: number): Payload {
  return pricebook({ ...book, bids: book.bids.slice(0, limit), asks: book.asks.slice(0, limit) });
}

function pricebook(book: BookRows): Payload {
  const rows = (side: readonly Level[]): readonly Payload[] => side.map(([price, size]) => ({ price, size }));
  const [bid, ask] = [Number(book.bids[0]?.[0] ?? 0), Number(book.asks[0]?.[0] ?? 0)];
  const middle = (bid + ask) / 2;
  return {
    pricebook: { ...book, bids: rows(book.bids), asks: rows(book.asks) },
    last: String(middle),
    mid_market: String(middle),
    spread_bps: (((ask - bid) / middle) * 10_000).toFixed(12),
    spread_absolute: String(Number((ask - bid).toFixed(8))),
  };
}

function errorBody(error: string, message: string): string {
  return JSON.stringify({ error, error_details: message, message });
}

function json(status: number, body: string): RestResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
