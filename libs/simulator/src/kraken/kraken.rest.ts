import type { Clock } from '@exchange-stream/market-data';
import type { FrozenBooks } from '../faults/faultable-exchange.ts';
import type { BookSide } from '../market/book-side.ts';
import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { RestRequest, RestResponse } from '../simulated-exchange.ts';
import { KrakenError } from './kraken.errors.ts';
import { vwap } from './kraken.frames.ts';
import { krakenInstrument, statusOf } from './kraken.instrument-rows.ts';
import { REST_BOOK_LEVELS, REST_CANDLES } from './kraken.limits.ts';
import { INTERVALS, timeframeOf, type Params } from './kraken.topics.ts';

const SECOND_MS = 1000;
const DEPTH_PATH = '/0/public/Depth';
const DEFAULT_BOOK_LEVELS = 100;
/** Beyond those of the instrument, as they were recorded. */
const PRICE_PLACES = 5;

export interface RestParts {
  readonly clock: Clock;
  readonly market: SeededMarket;
  /** The exchange's state, such as `online`. */
  readonly system: () => string;
}

/** The public REST side of the twin: `GET /0/public/…` and its envelope. */
export class KrakenRest {
  private readonly endpoints: ReadonlyMap<string, (query: URLSearchParams) => unknown>;

  constructor(private readonly parts: RestParts) {
    this.endpoints = new Map<string, (query: URLSearchParams) => unknown>([
      ['/0/public/Time', () => this.time()],
      ['/0/public/SystemStatus', () => this.systemStatus()],
      ['/0/public/AssetPairs', (query) => this.assetPairs(query)],
      ['/0/public/OHLC', (query) => this.candles(query)],
      [DEPTH_PATH, (query) => this.depth(query)],
    ]);
  }

  respond({ method, path, query }: RestRequest): RestResponse {
    const endpoint = method === 'GET' ? this.endpoints.get(path) : undefined;
    try {
      if (endpoint === undefined) throw new KrakenError('EGeneral:Unknown method');
      return json(200, { error: [], result: endpoint(query) });
    } catch (error) {
      if (!(error instanceof KrakenError)) throw error;
      return json(200, { error: [error.message] });
    }
  }

  error(status: number): string {
    return JSON.stringify({ error: [status === 429 ? 'EAPI:Rate limit exceeded' : 'EService:Unavailable'] });
  }

  /** All books as they stand now, to be served later. */
  freezeBooks(): FrozenBooks {
    const { markets } = this.parts.market;
    const books = new Map(markets.map((market) => [market, this.bookOf(market, REST_BOOK_LEVELS)] as const));
    return ({ path, query }) => {
      const market = path === DEPTH_PATH ? this.find(query.get('pair') ?? '') : undefined;
      const book = market && books.get(market);
      if (market === undefined || book === undefined) return undefined;
      const levels = Number(query.get('count') ?? DEFAULT_BOOK_LEVELS);
      const { asks, bids } = book;
      const best = { asks: asks.slice(0, levels), bids: bids.slice(0, levels) };
      return JSON.stringify({ error: [], result: { [krakenInstrument(market).pair]: best } });
    };
  }

  private time(): Params {
    const now = new Date(this.parts.clock.now());
    return { unixtime: Math.floor(now.getTime() / SECOND_MS), rfc1123: rfc1123(now) };
  }

  private systemStatus(): Params {
    return { status: this.parts.system(), timestamp: seconds(new Date(this.parts.clock.now())) };
  }

  private assetPairs(query: URLSearchParams): Params {
    const { market: all } = this.parts;
    const asked = query.get('pair');
    const markets = asked === null ? all.markets : asked.split(',').map((name) => this.named(name));
    return Object.fromEntries(markets.map((one) => [krakenInstrument(one).pair, pairRow(one, all)]));
  }

  /** The latest, oldest first; the last one is still running. Minutes without trades stand at the price before them. */
  private candles(query: URLSearchParams): Params {
    const market = this.named(query.get('pair') ?? '');
    const interval = INTERVALS.get(wholeNumber(query, 'interval', 1));
    if (interval === undefined) throw new KrakenError('EGeneral:Invalid arguments:interval');
    const since = wholeNumber(query, 'since', 0);
    market.closeCandles(this.parts.clock.now());
    const { closed, running } = market.candles(timeframeOf(interval));
    const rows = [...closed.slice(-REST_CANDLES), running].filter(
      ({ openTime }) => openTime / SECOND_MS > since,
    );
    return {
      [krakenInstrument(market).pair]: rows.map((candle) => candleRow(market, candle)),
      last: (closed.at(-1) ?? running).openTime / SECOND_MS,
    };
  }

  private depth(query: URLSearchParams): Params {
    const market = this.named(query.get('pair') ?? '');
    const levels = wholeNumber(query, 'count', DEFAULT_BOOK_LEVELS);
    if (levels < 1 || levels > REST_BOOK_LEVELS) throw new KrakenError('EGeneral:Invalid arguments:count');
    return { [krakenInstrument(market).pair]: this.bookOf(market, levels) };
  }

  private bookOf(market: InstrumentMarket, levels: number): { readonly asks: Rows; readonly bids: Rows } {
    const time = Math.floor(this.parts.clock.now() / SECOND_MS);
    const { asks, bids } = market.book;
    return { asks: levelRows(market, asks, levels, time), bids: levelRows(market, bids, levels, time) };
  }

  private named(name: string): InstrumentMarket {
    const market = this.find(name);
    if (market === undefined) throw new KrakenError('EQuery:Unknown asset pair');
    return market;
  }

  /** By any of its names but the one of the second version's sockets. */
  private find(name: string): InstrumentMarket | undefined {
    return this.parts.market.markets.find((market) => {
      const { pair, altname, wsname } = krakenInstrument(market);
      return [pair, altname, wsname].includes(name);
    });
  }
}

type Rows = readonly (readonly [price: string, qty: string, time: number])[];

function levelRows({ format }: InstrumentMarket, side: BookSide, levels: number, time: number): Rows {
  return Array.from({ length: Math.min(levels, side.length) }, (_, rank) => [
    withPlaces(format.price.text(side.price(rank) ?? 0)),
    format.amount.text(side.amount(rank)),
    time,
  ]);
}

function candleRow(market: InstrumentMarket, candle: Candle): readonly unknown[] {
  const { price, amount } = market.format;
  const { openTime, open, high, low, close, volume, trades } = candle;
  const prices = [open, high, low, close].map((ticks) => price.text(ticks));
  return [
    openTime / SECOND_MS,
    ...prices,
    trades === 0 ? '0.0' : vwap(market, candle),
    amount.text(volume),
    trades,
  ];
}

function pairRow(market: InstrumentMarket, all: SeededMarket): Params {
  const one = krakenInstrument(market);
  return {
    altname: one.altname,
    wsname: one.wsname,
    aclass_base: 'currency',
    base: one.restBase,
    aclass_quote: 'currency',
    quote: one.restQuote,
    lot: 'unit',
    cost_decimals: one.costPrecision,
    pair_decimals: one.pricePrecision,
    lot_decimals: one.qtyPrecision,
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, 0.4]],
    fees_maker: [[0, 0.25]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: one.lotSize,
    costmin: one.minNotional,
    tick_size: one.tickSize,
    status: statusOf(market, all),
    execution_venue: 'international',
  };
}

function withPlaces(text: string): string {
  const [whole = '', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(PRICE_PLACES, '0')}`;
}

function wholeNumber(query: URLSearchParams, name: string, byDefault: number): number {
  const text = query.get(name);
  if (text === null || text === '') return byDefault;
  if (!/^\d{1,19}$/.test(text)) throw new KrakenError(`EGeneral:Invalid arguments:${name}`);
  return Number(text);
}

/** `2026-11-21T10:00:20Z` */
function seconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `Sat, 21 Nov 26 10:00:20 +0000` */
function rfc1123(time: Date): string {
  const [weekday = '', day = '', month = '', year = '', clock = ''] = time.toUTCString().split(' ');
  return `${weekday} ${day} ${month} ${year.slice(2)} ${clock} +0000`;
}

function json(status: number, body: unknown): RestResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
