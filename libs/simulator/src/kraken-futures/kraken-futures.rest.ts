import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { BookSide } from '../market/book-side.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { Timeframe, type CandleInterval } from '../market/timeframe.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import { candleRow, fundingOf, number, tickerFrame, type Payload } from './kraken-futures.frames.ts';
import type { KrakenFuturesInstrument } from './kraken-futures.instruments.ts';
import { REST_CANDLES } from './kraken-futures.limits.ts';

const API = '/derivatives/api/v3';
const BOOK_PATH = `${API}/orderbook`;
const CHART = /^\/api\/charts\/v1\/(trade|mark|spot)\/([^/]+)\/([^/]+)$/;
const SECOND_MS = 1000;
const RESOLUTIONS: ReadonlySet<CandleInterval> = new Set([
  '1m',
  '5m',
  '15m',
  '30m',
  '1h',
  '4h',
  '12h',
  '1d',
  '1w',
]);

class RestError extends Error {
  override readonly name = 'RestError';
}

/** The REST side of the twin: lists, books and charts. */
export class KrakenFuturesRest {
  constructor(
    private readonly clock: Clock,
    private readonly market: SeededMarket,
  ) {}

  respond({ method, path, query }: RestRequest): RestResponse {
    const body = method === 'GET' ? this.bodyOf(path, query) : undefined;
    if (body === undefined) return json(404, this.errorBody('apiMethodNotFound'));
    try {
      return json(200, JSON.stringify(body()));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      return json(200, this.errorBody(error.message));
    }
  }

  error(status: number): string {
    return this.errorBody(status === 429 ? 'apiLimitExceeded' : 'Unavailable');
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const books = new Map(
      this.market.markets.map((market) => [market.instrument.symbol, this.book(market)] as const),
    );
    return ({ path, query }) => {
      const book = path === BOOK_PATH ? books.get(query.get('symbol') ?? '') : undefined;
      return book && JSON.stringify(book);
    };
  }

  private bodyOf(path: string, query: URLSearchParams): (() => Payload) | undefined {
    switch (path) {
      case `${API}/instruments`:
        return () => this.success({ instruments: this.listed().map((one) => this.instrument(one)) });
      case `${API}/tickers`:
        return () => this.success({ tickers: this.listed().map((one) => this.ticker(one)) });
      case BOOK_PATH:
        return () => this.book(this.find(query.get('symbol')));
    }
    const [, type, product, resolution] = CHART.exec(path) ?? [];
    if (type === undefined || product === undefined || resolution === undefined) return undefined;
    return () => this.candles(this.find(product), resolution, query);
  }

  private listed(): readonly InstrumentMarket[] {
    return this.market.markets.filter(({ status }) => status !== 'closed');
  }

  private find(product: string | null): InstrumentMarket {
    const market = this.listed().find(({ instrument: { symbol } }) => symbol === product);
    if (market === undefined) throw new RestError('contractNotFound');
    return market;
  }

  private isSuspended(market: InstrumentMarket): boolean {
    return !market.trades || this.market.isHalted(market);
  }

  private instrument(market: InstrumentMarket): Payload {
    const instrument = market.instrument as KrakenFuturesInstrument;
    return {
      symbol: instrument.symbol,
      type: instrument.type,
      tickSize: Number(instrument.tickSize),
      contractSize: 1,
      tradeable: market.trades && !this.market.isHalted(market),
      impactMidSize: 1,
      maxPositionSize: 1e6,
      openingDate: '2022-03-22T13:18:45Z',
      marginLevels: [{ contracts: 0, initialMargin: 0.02, maintenanceMargin: 0.01 }],
      ...(instrument.lastTradingTime === undefined
        ? { fundingRateCoefficient: 24, maxRelativeFundingRate: 0.0025 }
        : { lastTradingTime: new Date(instrument.lastTradingTime).toISOString() }),
      contractValueTradePrecision: instrument.contractValueTradePrecision,
      postOnly: false,
      mtf: true,
      base: instrument.base,
      quote: instrument.quote,
      pair: `${instrument.base}:${instrument.quote}`,
    };
  }

  private ticker(market: InstrumentMarket): Payload {
    const now = this.clock.now();
    const row = tickerFrame(market, now, this.isSuspended(market));
    const funding = fundingOf(market, now);
    return {
      symbol: row['product_id'],
      last: row['last'],
      lastTime: new Date(market.tape.last?.time ?? now).toISOString(),
      tag: row['tag'],
      pair: `${market.instrument.base}:${market.instrument.quote}`,
      markPrice: row['markPrice'],
      bid: row['bid'],
      bidSize: row['bid_size'],
      ask: row['ask'],
      askSize: row['ask_size'],
      vol24h: row['volume'],
      volumeQuote: row['volumeQuote'],
      openInterest: row['openInterest'],
      open24h: row['open'],
      high24h: row['high'],
      low24h: row['low'],
      lastSize: number(market.format.amount, market.tape.last?.lots ?? 0),
      ...('funding_rate' in funding && {
        fundingRate: funding['funding_rate'],
        fundingRatePrediction: funding['funding_rate_prediction'],
      }),
      suspended: row['suspended'],
      indexPrice: row['index'],
      postOnly: false,
      change24h: row['change'],
    };
  }

  private book(market: InstrumentMarket): Payload {
    const { price, amount } = market.format;
    const rows = (side: BookSide): (readonly [number, number])[] =>
      Array.from(
        { length: side.length },
        (_, rank) => [number(price, side.price(rank) ?? 0), number(amount, side.amount(rank))] as const,
      );
    return this.success({ orderBook: { bids: rows(market.book.bids), asks: rows(market.book.asks) } });
  }

  /** Oldest first, from one second to another, both included; the running one is the last. */
  private candles(market: InstrumentMarket, resolution: string, query: URLSearchParams): Payload {
    const interval = [...RESOLUTIONS].find((known) => known === resolution);
    if (interval === undefined) throw new RestError('invalidResolution');
    market.closeCandles(this.clock.now());
    const { closed, running } = market.candles(new Timeframe(interval));
    const from = secondsOf(query, 'from') ?? -Infinity;
    const to = secondsOf(query, 'to') ?? Infinity;
    const asked = [...closed, running].filter(({ openTime }) => openTime >= from && openTime <= to);
    // Without a beginning, the latest; otherwise page by page.
    const page = Number.isFinite(from) ? asked.slice(0, REST_CANDLES) : asked.slice(-REST_CANDLES);
    return {
      candles: page.map((candle) => candleRow(market, candle)),
      more_candles: page.length < asked.length,
    };
  }

  private success(body: Payload): Payload {
    return { result: 'success', ...body, serverTime: new Date(this.clock.now()).toISOString() };
  }

  private errorBody(error: string): string {
    return JSON.stringify({ result: 'error', error, serverTime: new Date(this.clock.now()).toISOString() });
  }
}

/** In milliseconds. */
function secondsOf(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  if (!/^\d{1,12}$/.test(text)) throw new RestError(`invalidArgument: ${name}`);
  return Number(text) * SECOND_MS;
}

function json(status: number, body: string): RestResponse {
  return { status, headers: { 'content-type': 'application/json' }, body };
}
