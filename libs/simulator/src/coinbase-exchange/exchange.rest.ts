import type { Clock } from '@exchange-stream/market-data';
import { AddressBudgets } from '../coinbase-platform/budgets.ts';
import type { Rest } from '../coinbase-platform/platform.ts';
import { short } from '../coinbase-platform/products.ts';
import { isoTime } from '../coinbase-platform/times.ts';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { BookSide } from '../market/book-side.ts';
import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { Timeframe, type CandleInterval } from '../market/timeframe.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { makerSide, orderId, productRow, sequenceOf, type Payload } from './exchange.frames.ts';
import { CANDLES_PER_REQUEST, REQUESTS } from './exchange.limits.ts';

export interface ExchangeRestParts {
  readonly clock: Clock;
  readonly market: () => SeededMarket;
  readonly violations: ViolationLog;
}

/** A refusal, in the exchange's envelope. */
class RestError extends Error {
  constructor(
    message: string,
    readonly status: number = 400,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

const PRODUCT_PATH = /^\/products\/([^/]+)(?:\/(book|candles|trades|ticker))?$/;
const LEVELS_OF_BOOK = /^[123]$/;
const TRADES = { byDefault: 1000, most: 1000 };

/** In seconds. */
const GRANULARITIES: ReadonlyMap<string, CandleInterval> = new Map([
  ['60', '1m'],
  ['300', '5m'],
  ['900', '15m'],
  ['3600', '1h'],
  ['21600', '6h'],
  ['86400', '1d'],
]);

/** The public REST side: `GET /products…` and `/time`. */
export class ExchangeRest implements Rest {
  private readonly requests: AddressBudgets;

  constructor(private readonly parts: ExchangeRestParts) {
    this.requests = new AddressBudgets(parts.clock, REQUESTS);
  }

  respond(request: RestRequest): RestResponse {
    const { address } = request;
    if (!this.requests.take(address)) {
      const detail = `one request too many: ${this.requests.text}`;
      this.parts.violations.add({ rule: 'request-weight', address, detail });
      return json(429, this.error(429));
    }
    try {
      return json(200, this.bodyOf(request));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return json(error.status, JSON.stringify({ message: error.message }));
    }
  }

  error(status: number): string {
    return JSON.stringify({
      message: status === 429 ? 'Public rate limit exceeded' : 'Internal server error',
    });
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const books = new Map<string, string>();
    for (const market of this.parts.market().markets) {
      for (const level of ['1', '2', '3'])
        books.set(`${market.instrument.symbol} ${level}`, JSON.stringify(this.book(market, level)));
    }
    return ({ path, query }) => {
      const [, id = '', what] = PRODUCT_PATH.exec(path) ?? [];
      return what === 'book' ? books.get(`${id} ${query.get('level') || '1'}`) : undefined;
    };
  }

  private bodyOf({ method, path, query, address }: RestRequest): string {
    if (method !== 'GET') throw new RestError('Route not found', 404);
    if (path === '/time') return JSON.stringify(this.time());
    if (path === '/products') {
      const all = this.parts.market();
      return JSON.stringify(all.markets.map((market) => productRow(market, all)));
    }
    const [, id, what] = PRODUCT_PATH.exec(path) ?? [];
    if (id === undefined) throw new RestError('Route not found', 404);
    const market = this.parts.market().find(id);
    if (market === undefined) throw new RestError('NotFound', 404);
    switch (what) {
      case 'book':
        return JSON.stringify(this.book(market, query.get('level') || '1'));
      case 'candles':
        return this.candles(market, query, address);
      case 'trades':
        return JSON.stringify(trades(market, query));
      case 'ticker':
        return JSON.stringify(ticker(market));
      default:
        return JSON.stringify(productRow(market, this.parts.market()));
    }
  }

  private time(): Payload {
    const now = this.parts.clock.now();
    return { iso: isoTime(now), epoch: Math.floor(now) / 1000 };
  }

  /** Level 1 is the best prices, 2 all of them, 3 all orders: here one at each price. */
  private book(market: InstrumentMarket, level: string): Payload {
    if (!LEVELS_OF_BOOK.test(level)) throw new RestError('Invalid level');
    const { bids, asks } = market.book;
    return {
      sequence: sequenceOf(market),
      bids: levelRows(market, bids, level),
      asks: levelRows(market, asks, level),
      auction_mode: false,
      auction: null,
      time: isoTime(this.parts.clock.now()),
    };
  }

  /** Newest first: time, low, high, open, close, volume. Buckets in which nothing was traded are missing. */
  private candles(market: InstrumentMarket, query: URLSearchParams, address: string): string {
    const interval = GRANULARITIES.get(query.get('granularity') || '60');
    if (interval === undefined) throw new RestError('Unsupported granularity');
    const timeframe = new Timeframe(interval);
    const lengthMs = timeframe.end(0) - timeframe.start(0);
    const end = timeOf(query.get('end')) ?? this.parts.clock.now();
    const start = timeOf(query.get('start')) ?? end - CANDLES_PER_REQUEST * lengthMs;
    if ((end - start) / lengthMs > CANDLES_PER_REQUEST) {
      const detail = `more than ${CANDLES_PER_REQUEST} candles were asked for`;
      this.parts.violations.add({ rule: 'invalid-request', address, detail });
      throw new RestError(
        `granularity too small for the requested time range. Count of aggregations requested exceeds ${CANDLES_PER_REQUEST}`,
      );
    }
    market.closeCandles(this.parts.clock.now());
    const { closed, running } = market.candles(timeframe);
    const rows = [...closed, running]
      .filter(({ openTime, trades: count }) => count > 0 && openTime >= start && openTime <= end)
      .slice(-CANDLES_PER_REQUEST)
      .map((candle) => candleText(market, candle));
    return `[${rows.reverse().join(',')}]`;
  }
}

function candleText({ format: { price, amount } }: InstrumentMarket, candle: Candle): string {
  const { low, high, open, close } = candle;
  const prices = [low, high, open, close].map((ticks) => short(price.text(ticks)));
  return `[${[candle.openTime / 1000, ...prices, short(amount.text(candle.volume))].join(',')}]`;
}

function levelRows(market: InstrumentMarket, side: BookSide, level: string): readonly unknown[] {
  const { price, amount } = market.format;
  return Array.from({ length: level === '1' ? Math.min(1, side.length) : side.length }, (_, rank) => {
    const ticks = side.price(rank) ?? 0;
    const last = level === '3' ? orderId('resting', ticks) : 1;
    return [price.text(ticks), amount.text(side.amount(rank)), last];
  });
}

/** Newest first, each with the side of its maker. */
function trades({ tape, format }: InstrumentMarket, query: URLSearchParams): readonly Payload[] {
  const limit = Number(query.get('limit') || TRADES.byDefault);
  if (!Number.isInteger(limit) || limit < 1 || limit > TRADES.most) throw new RestError('Invalid limit');
  return tape
    .latest(limit)
    .map((trade) => ({
      trade_id: trade.id,
      side: makerSide(trade),
      size: format.amount.text(trade.lots),
      price: format.price.text(trade.ticks),
      time: isoTime(trade.time),
    }))
    .reverse();
}

function ticker({ tape, book, format }: InstrumentMarket): Payload {
  const { last } = tape;
  return {
    bid: format.price.text(book.bids.price(0) ?? 0),
    ask: format.price.text(book.asks.price(0) ?? 0),
    ...(last !== undefined && {
      trade_id: last.id,
      price: format.price.text(last.ticks),
      size: format.amount.text(last.lots),
      time: isoTime(last.time),
    }),
  };
}

/** ISO 8601 or seconds since the epoch. */
function timeOf(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  const time = /^\d{1,12}$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  if (Number.isNaN(time)) throw new RestError('Invalid time');
  return time;
}

function json(status: number, body: string): RestResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
