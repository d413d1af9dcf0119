import type { Clock } from '@exchange-stream/market-data';
import type { RestRequest, RestResponse } from '@exchange-stream/simulator';
import {
  isCandleInterval,
  Timeframe,
  type FrozenBooks,
  type InstrumentMarket,
  type SeededMarket,
  type ViolationLog,
} from '@exchange-stream/simulator/kit';
import type { LabAddresses } from './lab.addresses.ts';
import type { LabBooks } from './lab.books.ts';
import { LabError, type LabErrorCode } from './lab.errors.ts';
import { candleData, wholeSides, type Payload } from './lab.frames.ts';
import type { LabSequences } from './lab.sequences.ts';
import type { CandleDialect } from './lab.options.ts';
import type { LabSignedCalls } from './lab.signed-calls.ts';
import type { LabTrades } from './lab.trades.ts';
import type { LabValues } from './lab.values.ts';

const BOOK_PATH = '/api/book';
const BOOK_WEIGHT = 10;
const DEEPEST = 1000;
const MOST_CANDLES = 1000;
const MOST_TRADES = 100;
const RETRY_AFTER_SECONDS = 60;

class RestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
    this.name = 'RestError';
  }
}

/** Of errors that signed calls are answered with; others are 400. */
const STATUS_OF: { readonly [code in LabErrorCode]?: number } = { 7: 401, 10: 401, 11: 404 };

/** The REST side of the twin: `GET /api/…`, its weights and its errors. */
export class LabRest {
  constructor(
    private readonly clock: Clock,
    private readonly market: SeededMarket,
    private readonly sequences: LabSequences,
    private readonly books: LabBooks,
    private readonly trades: LabTrades,
    private readonly addresses: LabAddresses,
    private readonly allowedWeight: number,
    private readonly dialect: CandleDialect,
    private readonly violations: ViolationLog,
    private readonly signed: LabSignedCalls,
    private readonly values: LabValues,
  ) {}

  /** @param isRefused whether it counts and is not carried out, as something else is answered */
  respond(request: RestRequest, isRefused = false): RestResponse {
    const { address, path } = request;
    const weight = this.addresses.request(address, path === BOOK_PATH ? BOOK_WEIGHT : 1);
    if (weight > this.allowedWeight) {
      const detail = `weight ${weight} within the minute, ${this.allowedWeight} are allowed`;
      this.violations.add({ rule: 'request-weight', address, detail });
      return answer(429, this.error(429), { 'retry-after': String(RETRY_AFTER_SECONDS) });
    }
    if (isRefused) return answer(503, this.error(503));
    try {
      return answer(200, JSON.stringify(this.answer(request)));
    } catch (error) {
      if (error instanceof LabError) return this.refusal(error, address);
      if (!(error instanceof RestError)) throw error;
      return answer(error.status, errorBody(error.status, error.message));
    }
  }

  private refusal({ code, message }: LabError, address: string): RestResponse {
    if (code === 6) this.violations.add({ rule: 'invalid-request', address, detail: message });
    return answer(STATUS_OF[code] ?? 400, errorBody(code, message));
  }

  error(status: number): string {
    return errorBody(status, status === 429 ? 'too many requests' : 'not available');
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const books = new Map(this.market.markets.map((market) => [market, this.bookOf(market, DEEPEST)]));
    return ({ path, query }) => {
      const market = path === BOOK_PATH ? this.market.find(query.get('symbol') ?? '') : undefined;
      return market && JSON.stringify(books.get(market));
    };
  }

  private answer(request: RestRequest): unknown {
    const { method, path, query, address } = request;
    const signed = this.signed.answer(request, (rule, detail) =>
      this.violations.add({ rule, address, detail }),
    );
    if (signed !== undefined) return signed;
    if (method !== 'GET') throw new RestError(405, 'only GET is served');
    switch (path) {
      case '/api/time':
        return { time: this.clock.now() };
      case '/api/instruments':
        return { instruments: this.market.markets.map((market) => this.instrument(market)) };
      case BOOK_PATH:
        return this.bookOf(this.listed(query), number(query, 'depth', DEEPEST));
      case '/api/trades':
        if (!this.trades.hasHistory) throw new RestError(404, `${path} is not served`);
        return {
          trades: this.trades.history(this.listed(query), {
            after: query.get('after') ?? undefined,
            from: query.has('from') ? number(query, 'from', 0) : undefined,
            limit: number(query, 'limit', MOST_TRADES),
          }),
        };
      case '/api/interest':
        return { open: this.values.of(this.listed(query)).open };
      case '/api/candles':
        return { candles: this.candles(query) };
      default:
        throw new RestError(404, `${path} is not served`);
    }
  }

  private instrument(market: InstrumentMarket): Payload {
    const { symbol, base, quote, tickSize, lotSize } = market.instrument;
    const isStopped = this.market.isHalted(market) || market.status === 'closed';
    return {
      symbol,
      base,
      quote,
      priceStep: tickSize,
      amountStep: lotSize,
      status: isStopped ? 'halted' : 'trading',
    };
  }

  private bookOf(market: InstrumentMarket, depth: number): Payload {
    this.books.shown(market);
    return {
      sequence: this.sequences.of(market),
      time: this.clock.now(),
      ...wholeSides(market, Math.min(depth, DEEPEST)),
    };
  }

  private candles(query: URLSearchParams): readonly Payload[] {
    const market = this.listed(query);
    const interval = query.get('interval') ?? '';
    if (!isCandleInterval(interval) || !['1m', '5m', '30m', '1h'].includes(interval))
      throw new RestError(400, 'interval must be 1m, 5m, 30m or 1h');
    const from = number(query, 'from', 0);
    const to = number(query, 'to', Infinity);
    const limit = Math.min(number(query, 'limit', MOST_CANDLES), MOST_CANDLES);
    market.closeCandles(this.clock.now());
    const { closed, running } = market.candles(new Timeframe(interval));
    const rows = [...closed, running].filter(
      ({ openTime, trades }) =>
        openTime >= from && openTime <= to && (this.dialect !== 'sparse' || trades > 0),
    );
    // The latest ones, unless the caller says where to begin.
    const page = query.has('from') ? rows.slice(0, limit) : rows.slice(-limit);
    return page.map((candle) => candleData(market, interval, candle, candle !== running, this.dialect));
  }

  private listed(query: URLSearchParams): InstrumentMarket {
    const market = this.market.find(query.get('symbol') ?? '');
    if (market === undefined) throw new RestError(400, 'unknown symbol');
    return market;
  }
}

function number(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d+$/.test(text)) throw new RestError(400, `${name} must be a whole number`);
  return Number(text);
}

function errorBody(code: number, message: string): string {
  return JSON.stringify({ error: { code, message } });
}

function answer(status: number, body: string, headers: Record<string, string> = {}): RestResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}
