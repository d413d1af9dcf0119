import { dayOf, short, statusOf } from '../coinbase-platform/products.ts';
import { isoTime } from '../coinbase-platform/times.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { levelsText, type SeededMarket } from '../market/seeded-market.ts';
import type { Answer } from '../faults/faultable-exchange.ts';
import type { BookSide } from '../market/book-side.ts';
import type { Trade } from '../market/tape.ts';

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

const MONTH_MS = 30 * 86_400_000;
const VOLUME_PLACES = 8;

export function errorText(message: string, reason: string): string {
  return JSON.stringify({ type: 'error', message, reason });
}

export function isError(answer: Answer): boolean {
  return typeof answer === 'string' && answer.startsWith('{"type":"error"');
}

/** The side is that of the maker. */
export function matchFrame(type: 'match' | 'last_match', market: InstrumentMarket, trade: Trade): Payload {
  const { instrument, format } = market;
  return {
    type,
    trade_id: trade.id,
    maker_order_id: orderId('maker', trade.id),
    taker_order_id: orderId('taker', trade.time),
    side: makerSide(trade),
    size: short(format.amount.text(trade.lots)),
    price: short(format.price.text(trade.ticks)),
    product_id: instrument.symbol,
    sequence: sequenceOf(market),
    time: isoTime(trade.time),
  };
}

export function makerSide({ takerSide }: Trade): 'buy' | 'sell' {
  return takerSide === 'buy' ? 'sell' : 'buy';
}

/** The number of what happened last to a product. */
export function sequenceOf({ book }: InstrumentMarket): number {
  return book.lastUpdateId;
}

/** As of a trade; here the side is that of the taker. */
export function tickerFrame(market: InstrumentMarket, trade: Trade, now: number): Payload {
  const { instrument, format, book } = market;
  const day = dayOf(market, now);
  const month = market.rollingWindow(now, MONTH_MS);
  return {
    type: 'ticker',
    sequence: sequenceOf(market),
    product_id: instrument.symbol,
    price: short(format.price.text(trade.ticks)),
    open_24h: short(day.open),
    volume_24h: Number(day.volume).toFixed(VOLUME_PLACES),
    low_24h: short(day.low),
    high_24h: short(day.high),
    volume_30d: Number(format.amount.text(month.volume)).toFixed(VOLUME_PLACES),
    best_bid: format.price.text(book.bids.price(0) ?? 0),
    best_ask: format.price.text(book.asks.price(0) ?? 0),
    side: trade.takerSide,
    time: isoTime(trade.time),
    trade_id: trade.id,
    last_size: short(format.amount.text(trade.lots)),
  };
}

export function bookFrame({ instrument, book, format }: InstrumentMarket, now: number): Payload {
  const rows = (side: BookSide): unknown => levelsText(side, format.price, format.amount);
  return {
    type: 'snapshot',
    product_id: instrument.symbol,
    asks: rows(book.asks),
    bids: rows(book.bids),
    time: isoTime(now),
  };
}

export interface ChangedLevel {
  readonly side: 'bid' | 'ask';
  readonly ticks: number;
  readonly lots: number;
}

/** Levels that are other ones now; nothing is left of one whose size is zero. */
export function changesFrame(
  { instrument, format }: InstrumentMarket,
  levels: readonly ChangedLevel[],
  now: number,
): Payload {
  const changes = levels.map(({ side, ticks, lots }) => [
    side === 'bid' ? 'buy' : 'sell',
    format.price.text(ticks),
    format.amount.text(lots),
  ]);
  return { type: 'l2update', product_id: instrument.symbol, changes, time: isoTime(now) };
}

export function heartbeatFrame(market: InstrumentMarket, now: number): Payload {
  return {
    type: 'heartbeat',
    sequence: sequenceOf(market),
    last_trade_id: market.tape.last?.id ?? 0,
    product_id: market.instrument.symbol,
    time: isoTime(now),
  };
}

export function statusFrame(all: SeededMarket): Payload {
  const ids = new Set(all.markets.flatMap(({ instrument: { base, quote } }) => [base, quote]));
  return {
    type: 'status',
    products: all.markets.map((market) => ({ ...productRow(market, all), type: 'spot' })),
    currencies: [...ids].map((id) => ({ id, name: id, status: 'online', message: '' })),
  };
}

/** A row of GET /products, key by key as it was recorded. */
export function productRow(market: InstrumentMarket, all: SeededMarket): Payload {
  const { symbol, base, quote, tickSize, lotSize, minNotional } = market.instrument;
  const status = statusOf(market, all);
  return {
    id: symbol,
    base_currency: base,
    quote_currency: quote,
    base_min_size: lotSize,
    base_max_size: short(market.format.amount.text(LARGEST_LOTS)),
    quote_increment: tickSize,
    base_increment: lotSize,
    display_name: `${base}/${quote}`,
    min_market_funds: minNotional,
    max_market_funds: '1000000',
    margin_enabled: false,
    post_only: false,
    limit_only: false,
    cancel_only: false,
    trading_disabled: status !== 'online',
    status,
    status_message: '',
    auction_mode: false,
  };
}

const LARGEST_LOTS = 3_400_000_000;

/** A UUID that tells nothing. */
export function orderId(whose: string, number: number): string {
  let state = whose.length * 0x9e3779b1;
  const digits = (count: number): string => {
    let text = '';
    while (text.length < count) {
      state = Math.imul(state ^ number, 0x85ebca6b) ^ (state >>> 13);
      text += (state >>> 0).toString(16).padStart(8, '0');
    }
    return text.slice(0, count);
  };
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
}
