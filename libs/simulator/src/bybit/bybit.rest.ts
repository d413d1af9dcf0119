import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { seededRandom } from '../platform/seeded-random.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import type { ViolationLog } from '../violation-log.ts';
import { BookFeed } from './bybit.book-feed.ts';
import type { Category } from './bybit.category.ts';
import type { Payload } from './bybit.feed.ts';
import { instrumentRow } from './bybit.instruments-info.ts';
import {
  BOOK_LEVELS,
  FULL_BOOK_LEVELS,
  INSTRUMENTS_PER_PAGE,
  INSTRUMENTS_SERVED,
  KLINES_LIMIT,
  OPTION_BOOK_LEVELS,
} from './bybit.limits.ts';
import type { Listing, Listings } from './bybit.listings.ts';
import { RequestLimit } from './bybit.request-limit.ts';
import {
  fundingRows,
  klineRow,
  OPEN_INTEREST_PERIODS,
  openInterestRows,
  tickerRow,
  tradeRow,
} from './bybit.rest-bodies.ts';
import { RestError, RestParameters } from './bybit.rest-parameters.ts';
import type { TopicIndex } from './bybit.topic-index.ts';
import type { TopicReader } from './bybit.topic-reader.ts';
import { timeframeOf } from './bybit.topics.ts';
import type { TickDirections } from './bybit.trades.ts';

export interface BybitRestParts {
  readonly clock: Clock;
  readonly market: SeededMarket;
  readonly listings: Listings;
  readonly topics: TopicIndex;
  readonly reader: TopicReader;
  readonly directions: TickDirections;
  readonly violations: ViolationLog;
  readonly seed: number;
}

type Endpoint = (asked: RestParameters) => Payload;

const TOO_MANY_REQUESTS = 10006;
const NOT_FOUND = 10404;
const BOOK_PATH = '/v5/market/orderbook';
const FULL_BOOK_PATH = '/v5/market/full_orderbook';
const REST_CATEGORIES = ['spot', 'linear', 'inverse', 'option'] as const;
const SPOT_TRADES = { byDefault: 60, most: 60 };
const TRADES = { byDefault: 500, most: 1000 };

/** The REST side of the twin: `GET /v5/market/…`, its limit and its errors. */
export class BybitRest {
  private readonly requests: RequestLimit;
  private readonly endpoints: ReadonlyMap<string, Endpoint>;

  constructor(private readonly parts: BybitRestParts) {
    this.requests = new RequestLimit(parts.clock, parts.violations);
    this.endpoints = new Map<string, Endpoint>([
      ['/v5/market/time', () => this.time()],
      ['/v5/market/instruments-info', (asked) => this.instruments(asked)],
      [BOOK_PATH, (asked) => this.book(asked)],
      [FULL_BOOK_PATH, (asked) => this.fullBook(asked)],
      ['/v5/market/kline', (asked) => this.klines(asked)],
      ['/v5/market/tickers', (asked) => this.tickers(asked)],
      ['/v5/market/recent-trade', recentTrades],
      ['/v5/market/funding/history', (asked) => this.funding(asked)],
      ['/v5/market/open-interest', (asked) => this.openInterest(asked)],
    ]);
  }

  respond(request: RestRequest): RestResponse {
    if (!this.requests.allows(request.address)) return response(403, this.error());
    const endpoint = request.method === 'GET' ? this.endpoints.get(request.path) : undefined;
    if (endpoint === undefined) {
      const detail = `${request.method} ${request.path} is not served by the simulated exchange.`;
      return response(404, this.envelope({}, NOT_FOUND, detail));
    }
    try {
      const result = endpoint(new RestParameters(request.query, this.parts.listings));
      return response(200, this.envelope(result));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return response(200, this.envelope({}, error.retCode, error.message));
    }
  }

  /** What is sent along with an HTTP error. */
  error(): string {
    return this.envelope({}, TOO_MANY_REQUESTS, 'Too many visits. Exceeded the API Rate Limit.');
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const { listings } = this.parts;
    const books = new Map<string, Payload>();
    for (const category of REST_CATEGORIES) {
      for (const { instrument, market } of listings.in(category)) {
        if (market.status === 'closed' || listings.isPreLaunch(market)) continue;
        const { nativeSymbol } = instrument;
        books.set(keyOf(BOOK_PATH, category, nativeSymbol), this.bookOf(category, nativeSymbol));
        if (category === 'option') continue;
        books.set(keyOf(FULL_BOOK_PATH, category, nativeSymbol), this.fullBookOf(category, nativeSymbol));
      }
    }
    return ({ path, query }) => {
      const book = books.get(keyOf(path, query.get('category') ?? '', query.get('symbol') ?? ''));
      if (book === undefined) return undefined;
      const limit = path === BOOK_PATH ? Number(query.get('limit') ?? 1) : FULL_BOOK_LEVELS;
      return this.envelope(firstLevels(book, limit));
    };
  }

  private envelope(result: Payload, retCode = 0, retMsg = 'OK'): string {
    const time = Math.floor(this.parts.clock.now());
    return JSON.stringify({ retCode, retMsg, result, retExtInfo: {}, time });
  }

  private time(): Payload {
    const now = this.parts.clock.now();
    return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${Math.floor(now)}000000` };
  }

  /** Without a status those that are, or soon will be, traded. Spot comes whole, the others in pages. */
  private instruments(asked: RestParameters): Payload {
    const { listings, clock } = this.parts;
    const category = asked.category();
    const [symbol, status, base] = [asked.text('symbol'), asked.text('status'), asked.text('baseCoin')];
    const limit = asked.limit(INSTRUMENTS_PER_PAGE.byDefault, INSTRUMENTS_PER_PAGE.most);
    const rows: Payload[] = [];
    for (const [index, listing] of listings.in(category).entries()) {
      const { nativeSymbol, base: baseCoin } = listing.instrument;
      const is = listings.status(listing.market, clock.now());
      if ((symbol ?? nativeSymbol) !== nativeSymbol || (base ?? baseCoin) !== baseCoin) continue;
      const isWanted = status === undefined ? is !== 'PreLaunch' && is !== 'Closed' : is === status;
      if (isWanted || (symbol !== undefined && status === undefined))
        rows.push(instrumentRow(listing, is, index + 1));
    }
    if (category === 'spot') return { category, list: rows };
    const from = pageStart(asked.text('cursor'));
    const until = from + Math.min(limit, INSTRUMENTS_SERVED);
    const nextPageCursor = until < rows.length ? `page%3A${until}` : '';
    return { category, list: rows.slice(from, until), nextPageCursor };
  }

  private book(asked: RestParameters): Payload {
    const { instrument, market } = asked.listing();
    const { category, nativeSymbol } = instrument;
    const most = category === 'option' ? OPTION_BOOK_LEVELS : BOOK_LEVELS;
    const limit = asked.limit(category === 'spot' || category === 'option' ? 1 : 25, most);
    if (market.status === 'closed') throw new RestError('params error: symbol invalid');
    return this.bookOf(category, nativeSymbol, limit);
  }

  private fullBook(asked: RestParameters): Payload {
    const { instrument, market } = asked.listing();
    const { category, nativeSymbol } = instrument;
    if (category === 'option') throw new RestError('params error: category invalid');
    if (market.status === 'closed' || this.parts.listings.isPreLaunch(market)) throw new RestError('NO_BOOK');
    return this.fullBookOf(category, nativeSymbol);
  }

  /** As the deepest stream of this category published it last. */
  private bookOf(category: Category, symbol: string, limit: number = BOOK_LEVELS): Payload {
    const depth = category === 'option' ? 100 : BOOK_LEVELS;
    return this.published(category, `orderbook.${depth}.${symbol}`, limit);
  }

  private fullBookOf(category: Category, symbol: string): Payload {
    return this.published(category, `orderbook.full.${symbol}`, FULL_BOOK_LEVELS);
  }

  private published(category: Category, name: string, limit: number): Payload {
    const { reader, topics } = this.parts;
    const topic = reader.read(category, name);
    if ('why' in topic) throw new RestError('params error: symbol invalid');
    const { feed, subscribers } = topics.of(category, name, topic);
    return feed instanceof BookFeed ? feed.latest(subscribers.size > 0, limit) : {};
  }

  /** From a start the page runs forwards, otherwise it holds the latest; either way the newest is first. */
  private klines(asked: RestParameters): Payload {
    const { market, instrument } = asked.listing();
    const { category, nativeSymbol } = instrument;
    if (category === 'option') throw new RestError('params error: category invalid');
    const timeframe = timeframeOf(asked.interval());
    const limit = asked.limit(200, KLINES_LIMIT);
    const [start, end] = [asked.integer('start'), asked.integer('end')];
    market.closeCandles(this.parts.clock.now());
    const { closed, running } = market.candles(timeframe);
    const candles = [...closed, running].filter(
      ({ openTime }) => openTime >= (start ?? -Infinity) && openTime <= (end ?? Infinity),
    );
    const page = start !== undefined && end === undefined ? candles.slice(0, limit) : candles.slice(-limit);
    const list = page.map((candle) => klineRow(market, candle)).reverse();
    return { category, symbol: nativeSymbol, list };
  }

  private tickers(asked: RestParameters): Payload {
    const { listings, directions, clock } = this.parts;
    const category = asked.category();
    const [symbol, base] = [asked.text('symbol'), asked.text('baseCoin')];
    const asListed = symbol === undefined ? listings.in(category) : [asked.listing()];
    const list = asListed
      .filter(({ market, instrument }) => isShown(listings, { market, instrument }, base))
      .map(({ market, instrument }) => tickerRow({ market, instrument, directions, now: clock.now() }));
    return { category, list };
  }

  private funding(asked: RestParameters): Payload {
    const listing = asked.listing();
    const from = asked.integer('startTime') ?? -Infinity;
    const to = Math.min(this.parts.clock.now(), asked.integer('endTime') ?? Infinity);
    const list = fundingRows(listing, { from, to, limit: asked.limit(200, 200) });
    return { category: listing.instrument.category, list };
  }

  private openInterest(asked: RestParameters): Payload {
    const { market, instrument } = asked.listing();
    const { category, nativeSymbol, symbol } = instrument;
    if (category !== 'linear' && category !== 'inverse')
      throw new RestError('params error: category invalid');
    const periodMs = OPEN_INTEREST_PERIODS.get(asked.text('intervalTime') ?? '');
    if (periodMs === undefined) throw new RestError('params error: intervalTime invalid');
    const page = { now: this.parts.clock.now(), periodMs, limit: asked.limit(50, 200) };
    const list = openInterestRows(market, page, (time) =>
      seededRandom(this.parts.seed, `${symbol} open interest ${time}`),
    );
    return { category, symbol: nativeSymbol, list, nextPageCursor: '' };
  }
}

function recentTrades(asked: RestParameters): Payload {
  const listing = asked.listing();
  const { category } = listing.instrument;
  const { byDefault, most } = category === 'spot' ? SPOT_TRADES : TRADES;
  const trades = listing.market.tape.latest(asked.limit(byDefault, most));
  return { category, list: trades.map((trade) => tradeRow(listing, trade)).reverse() };
}

function isShown(listings: Listings, { market, instrument }: Listing, base: string | undefined): boolean {
  const isLive = market.status !== 'closed' && !listings.isPreLaunch(market);
  return isLive && (base ?? instrument.base) === instrument.base;
}

/** Cursors are opaque; they come back with their percent signs encoded, or decoded once more. */
function pageStart(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const index = /^page(?:%3A|:)(\d{1,9})$/.exec(cursor)?.[1];
  if (index === undefined) throw new RestError('params error: cursor invalid');
  return Number(index);
}

function firstLevels(book: Payload, limit: number): Payload {
  const cut = (side: unknown): unknown => (Array.isArray(side) ? side.slice(0, limit) : side);
  return { ...book, b: cut(book['b']), a: cut(book['a']) };
}

function keyOf(path: string, category: string, symbol: string): string {
  return `${path} ${category} ${symbol}`;
}

function response(status: number, body: string): RestResponse {
  return { status, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
}
