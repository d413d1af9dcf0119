import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { BookSide } from '../market/book-side.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import { SlidingWindow } from '../sliding-window.ts';
import type { ViolationLog } from '../violation-log.ts';
import type { OkxDerivatives } from './okx.derivatives.ts';
import { candleRow, levelRows, rpiLevelRow, type Payload } from './okx.frames.ts';
import type { OkxInstrumentRows } from './okx.instrument-rows.ts';
import type { InstType } from './okx.instruments.ts';
import { BOOK_LEVELS, CANDLES_LIMIT, HISTORY_CANDLES_LIMIT, RATE_WINDOW_MS } from './okx.limits.ts';
import { RestError, RestParameters } from './okx.rest-parameters.ts';
import { familyOf, instTypeOf, type ChannelKind } from './okx.topics.ts';

interface Endpoint {
  /** Requests of one address in two seconds; absent where none are documented. */
  readonly rate?: number;
  readonly rows: (asked: RestParameters) => readonly unknown[];
}

const INST_TYPES: readonly InstType[] = ['SPOT', 'SWAP', 'FUTURES', 'OPTION'];
const TOO_MANY = '50011';
const NOT_AVAILABLE = '50001';
const FULL_BOOK_LEVELS = 5000;
const BOOK_PATHS = ['/api/v5/market/books', '/api/v5/market/books-full', '/api/v5/market/books-rpi'];

/** The REST side of the twin: `GET /api/v5/…`, its rates and its envelope. */
export class OkxRest {
  private readonly endpoints: ReadonlyMap<string, Endpoint>;
  /** By address and path. */
  private readonly requests = new Map<string, SlidingWindow>();

  constructor(
    private readonly clock: Clock,
    private readonly market: SeededMarket,
    private readonly instruments: OkxInstrumentRows,
    private readonly derivatives: OkxDerivatives,
    private readonly violations: ViolationLog,
  ) {
    const [books = '', booksFull = '', booksRpi = ''] = BOOK_PATHS;
    this.endpoints = new Map<string, Endpoint>([
      ['/api/v5/public/time', { rate: 10, rows: () => [{ ts: String(this.clock.now()) }] }],
      ['/api/v5/public/instruments', { rate: 20, rows: (asked) => this.listOf(asked) }],
      ['/api/v5/public/open-interest', { rows: (asked) => this.rowsOf('open-interest', asked) }],
      ['/api/v5/public/funding-rate', { rows: (asked) => this.rowsOf('funding-rate', asked) }],
      [books, { rate: 40, rows: (asked) => [this.bookOf(asked, BOOK_LEVELS)] }],
      [booksFull, { rows: (asked) => [this.bookOf(asked, FULL_BOOK_LEVELS)] }],
      [booksRpi, { rows: (asked) => [this.rpiBookOf(asked)] }],
      ['/api/v5/market/candles', { rate: 40, rows: (asked) => this.candles(asked, CANDLES_LIMIT) }],
      [
        '/api/v5/market/history-candles',
        { rate: 20, rows: (asked) => this.candles(asked, HISTORY_CANDLES_LIMIT, true) },
      ],
    ]);
  }

  respond(request: RestRequest): RestResponse {
    const { method, path, query, address } = request;
    const endpoint = method === 'GET' ? this.endpoints.get(path) : undefined;
    if (endpoint === undefined)
      return json(404, envelope('404', `${method} ${path} is not served by the simulated exchange.`));
    if (this.asksTooOften(address, path, endpoint)) return json(429, this.error(429));
    try {
      return json(200, envelope('0', '', endpoint.rows(new RestParameters(query, this.market))));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return json(200, envelope(error.code, error.message));
    }
  }

  error(status: number): string {
    return status === 429
      ? envelope(TOO_MANY, 'Too Many Requests')
      : envelope(NOT_AVAILABLE, 'Service temporarily unavailable. Please try again later.');
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const { markets } = this.market;
    const books = new Map(
      markets.map(({ instrument: { symbol } }) => [symbol, this.frozen(symbol)] as const),
    );
    return ({ path, query }) => {
      const book = BOOK_PATHS.includes(path) ? books.get(query.get('instId') ?? '') : undefined;
      if (book === undefined) return undefined;
      const levels = Number(query.get('sz') ?? 1);
      return envelope('0', '', [firstLevels(book, levels)]);
    };
  }

  private frozen(symbol: string): Payload {
    const query = new URLSearchParams({ instId: symbol, sz: String(BOOK_LEVELS) });
    return this.bookOf(new RestParameters(query, this.market), BOOK_LEVELS);
  }

  private asksTooOften(address: string, path: string, { rate }: Endpoint): boolean {
    if (rate === undefined) return false;
    const key = `${address} ${path}`;
    const window = this.requests.get(key) ?? new SlidingWindow(this.clock, RATE_WINDOW_MS);
    this.requests.set(key, window);
    const count = window.add();
    if (count <= rate) return false;
    const detail = `${count} requests for ${path} within 2 seconds, ${rate} are allowed`;
    this.violations.add({ rule: 'request-weight', address, detail });
    return true;
  }

  /** Of one type; options of one underlying only. */
  private listOf(asked: RestParameters): readonly Payload[] {
    const type = asked.oneOf('instType', INST_TYPES);
    const family = asked.text('instFamily') ?? asked.text('uly');
    if (type === 'OPTION' && family === undefined)
      throw new RestError('50015', 'Either parameter uly or instFamily is required.');
    const instId = asked.text('instId');
    return this.market.markets
      .filter((market) => market.status !== 'closed' && instTypeOf(market) === type)
      .filter((market) => family === undefined || familyOf(market) === family)
      .filter(({ instrument: { symbol } }) => symbol === (instId ?? symbol))
      .map((market) => this.instruments.of(market));
  }

  /** Of one instrument, or of all of a type. */
  private rowsOf(kind: ChannelKind, asked: RestParameters): readonly Payload[] {
    const market = asked.text('instId') === undefined ? undefined : asked.instrument();
    const type = market === undefined ? asked.oneOf('instType', INST_TYPES) : undefined;
    const markets =
      market === undefined ? this.market.markets.filter((one) => instTypeOf(one) === type) : [market];
    return markets.flatMap(({ instrument: { symbol } }) =>
      this.derivatives.rowsOf({ kind, name: '', subject: symbol, arg: {} }),
    );
  }

  /** The current book: changes that have not been published yet are in it. */
  private bookOf(asked: RestParameters, most: number): Payload {
    const market = asked.instrument();
    const levels = asked.countUpTo('sz', 1, most);
    const { bids, asks, lastUpdateId } = market.book;
    return {
      asks: levelRows(market, asks, levels),
      bids: levelRows(market, bids, levels),
      ts: String(this.clock.now()),
      seqId: lastUpdateId,
    };
  }

  private rpiBookOf(asked: RestParameters): Payload {
    const market = asked.instrument();
    const levels = asked.countUpTo('sz', 1, BOOK_LEVELS);
    const rows = (side: BookSide): unknown[] =>
      Array.from({ length: Math.min(levels, side.length) }, (_, rank) =>
        rpiLevelRow(market, side.price(rank) ?? 0, side.amount(rank)),
      );
    const { bids, asks, lastUpdateId } = market.book;
    return {
      asks: rows(asks),
      bids: rows(bids),
      ts: String(this.clock.now()),
      seqId: lastUpdateId,
    };
  }

  /** The newest first: earlier than `after`, later than `before`, neither included. */
  private candles(asked: RestParameters, most: number, closedOnly = false): readonly (readonly string[])[] {
    const market = asked.instrument();
    const timeframe = asked.bar();
    const limit = asked.count('limit', 100, most);
    const after = asked.number('after') ?? Infinity;
    const before = asked.number('before') ?? -Infinity;
    market.closeCandles(this.clock.now());
    const { closed, running } = market.candles(timeframe);
    return (closedOnly ? closed : [...closed, running])
      .filter(({ openTime }) => openTime < after && openTime > before)
      .slice(-limit)
      .reverse()
      .map((candle) => candleRow(market, candle, candle !== running));
  }
}

/** @param book with all that can be had */
function firstLevels(book: Payload, levels: number): Payload {
  const { asks, bids } = book as { readonly asks: readonly unknown[]; readonly bids: readonly unknown[] };
  return { ...book, asks: asks.slice(0, levels), bids: bids.slice(0, levels) };
}

function envelope(code: string, msg: string, data: readonly unknown[] = []): string {
  return JSON.stringify({ code, msg, data });
}

function json(status: number, body: string): RestResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}
