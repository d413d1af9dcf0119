import type { BookSide, Side } from '../market/book-side.ts';
import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { isInverse } from '../market/instrument.ts';
import type { Increment } from '../market/increment.ts';
import type { BookChange } from '../market/order-book.ts';
import type { Trade } from '../market/tape.ts';
import type { KrakenFuturesInstrument } from './kraken-futures.instruments.ts';

// Frames of the public feeds, key by key as Kraken Futures documents them. Prices and amounts are JSON numbers.

/** A frame, or a part of one, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

/** Why a trade came to be. */
export type TradeType = 'fill' | 'liquidation' | 'termination' | 'block';

const DAY_MS = 86_400_000;

export function tradeFrame(market: InstrumentMarket, trade: Trade, type: TradeType): Payload {
  const { price, amount } = market.format;
  return {
    feed: 'trade',
    product_id: market.instrument.symbol,
    uid: uidOf(market.instrument.symbol, trade.id),
    side: trade.takerSide,
    type,
    seq: trade.id,
    time: trade.time,
    qty: number(amount, trade.lots),
    price: number(price, trade.ticks),
  };
}

/** One level that is another one now: nothing rests there any more where `qty` is 0. */
export function bookFrame(market: InstrumentMarket, change: BookChange, now: number): Payload {
  const { price, amount } = market.format;
  return {
    feed: 'book',
    product_id: market.instrument.symbol,
    side: change.side === 'bid' ? 'buy' : 'sell',
    seq: change.updateId,
    price: number(price, change.ticks),
    qty: number(amount, change.lots),
    timestamp: now,
  };
}

export function bookSnapshotFrame(market: InstrumentMarket, now: number): Payload {
  const { bids, asks, lastUpdateId } = market.book;
  return {
    feed: 'book_snapshot',
    product_id: market.instrument.symbol,
    timestamp: now,
    seq: lastUpdateId,
    tickSize: null,
    bids: levels(market, bids, 'bid'),
    asks: levels(market, asks, 'ask'),
  };
}

export function tickerFrame(market: InstrumentMarket, now: number, isSuspended: boolean): Payload {
  const instrument = market.instrument as KrakenFuturesInstrument;
  const { format, book, contract } = market;
  const { price, amount } = format;
  const day = market.rollingWindow(now, DAY_MS);
  const end = instrument.lastTradingTime ?? 0;
  return {
    time: now,
    product_id: instrument.symbol,
    ...fundingOf(market, now),
    feed: 'ticker',
    bid: number(price, book.bids.price(0) ?? 0),
    ask: number(price, book.asks.price(0) ?? 0),
    bid_size: number(amount, book.bids.amount(0)),
    ask_size: number(amount, book.asks.amount(0)),
    volume: number(amount, day.volume),
    dtm: end === 0 ? 0 : Math.floor((end - now) / DAY_MS),
    leverage: '50x',
    index: contract?.indexPrice,
    premium: 0,
    last: number(price, day.last),
    change: percentage(day.last, day.open),
    suspended: isSuspended,
    tag: end === 0 ? 'perpetual' : 'quarter',
    pair: instrument.tickerPair,
    openInterest: number(amount, contract?.openInterest ?? 0),
    markPrice: contract?.markPrice,
    maturityTime: end,
    post_only: false,
    volumeQuote: Number(format.notional.text(day.quoteVolume)),
    open: number(price, day.open),
    high: number(price, day.high),
    low: number(price, day.low),
  };
}

export function lightTickerFrame(market: InstrumentMarket, now: number): Payload {
  const instrument = market.instrument as KrakenFuturesInstrument;
  const { format, book, contract } = market;
  const { price, amount } = format;
  const day = market.rollingWindow(now, DAY_MS);
  return {
    feed: 'ticker_lite',
    product_id: instrument.symbol,
    bid: number(price, book.bids.price(0) ?? 0),
    ask: number(price, book.asks.price(0) ?? 0),
    change: percentage(day.last, day.open),
    premium: 0,
    volume: number(amount, day.volume),
    tag: instrument.lastTradingTime === undefined ? 'perpetual' : 'quarter',
    pair: instrument.tickerPair,
    dtm: 0,
    maturityTime: instrument.lastTradingTime ?? 0,
    markPrice: contract?.markPrice,
  };
}

/** What perpetuals pay: absolute in the other currency per contract, relative as a fraction; both for one hour. */
export function fundingOf(market: InstrumentMarket, now: number): Payload {
  const funding = market.contract?.funding?.at(now);
  const price = market.contract?.indexPrice;
  if (funding === undefined || price === undefined) return {};
  const absolute = (rate: number): number => (isInverse(market.instrument) ? rate / price : rate * price);
  return {
    funding_rate: absolute(funding.lastRate),
    funding_rate_prediction: absolute(funding.rate),
    relative_funding_rate: funding.lastRate,
    relative_funding_rate_prediction: funding.rate,
    next_funding_rate_time: funding.nextTime,
  };
}

/** As the charts of REST have it. */
export function candleRow({ format }: InstrumentMarket, candle: Candle): Payload {
  const { price, amount } = format;
  return {
    time: candle.openTime,
    open: price.text(candle.open),
    high: price.text(candle.high),
    low: price.text(candle.low),
    close: price.text(candle.close),
    volume: amount.text(candle.volume),
  };
}

/** So many increments as a JSON number. */
export function number(increment: Increment, count: number): number {
  return Number(increment.text(count));
}

/** Where the book has room for it, one level more that is none: the real exchange leaves such behind. */
function levels(market: InstrumentMarket, side: BookSide, name: Side): Payload[] {
  const { price, amount } = market.format;
  const rows: Payload[] = [];
  for (let rank = 0; rank < side.length; rank++)
    rows.push({ price: number(price, side.price(rank) ?? 0), qty: number(amount, side.amount(rank)) });
  const { bids, asks } = market.book;
  const [bid, ask] = [bids.price(0), asks.price(0)];
  if (bid === undefined || ask === undefined || ask - bid < 2) return rows;
  return [{ price: number(price, name === 'bid' ? bid + 1 : ask - 1), qty: 0 }, ...rows];
}

function percentage(now: number, before: number): number {
  return ((now - before) / before) * 100;
}

/** Unlike all others, the same whenever the trade is told. */
function uidOf(symbol: string, id: number): string {
  const letters = [...symbol].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 0xffffffff, 7);
  const head = letters.toString(16).padStart(8, '0');
  return `${head}-7c2e-4b1d-9a30-${id.toString(16).padStart(12, '0')}`;
}
