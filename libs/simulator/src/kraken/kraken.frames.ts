import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';
import type { BookRows } from './kraken.book-view.ts';
import { bookChecksum, type LevelText } from './kraken.checksum.ts';

// Rows of the public channels, key by key as Kraken documents them. Numbers are JSON numbers with all the decimal places
// of their instrument, which no serialiser of numbers would write: rows are put together as text.

/** Values that are JSON already, by key. */
type Row = Readonly<Record<string, string>>;

export type FrameType = 'snapshot' | 'update';

const DAY_MS = 86_400_000;

export function frameText(channel: string, type: FrameType, rows: readonly string[]): string {
  return `{"channel":"${channel}","type":"${type}","data":[${rows.join(',')}]}`;
}

/** Of candles: the time of the frame is written in nanoseconds. */
export function candleFrame(type: FrameType, rows: readonly string[], now: number): string {
  return `{"channel":"ohlc","type":"${type}","timestamp":"${nanoseconds(now)}","data":[${rows.join(',')}]}`;
}

export function tradeRow(market: InstrumentMarket, trade: Trade): string {
  const { price, amount } = market.format;
  return rowText({
    symbol: quoted(market.instrument.symbol),
    side: quoted(trade.takerSide),
    price: price.text(trade.ticks),
    qty: amount.text(trade.lots),
    ord_type: quoted(trade.id % 3 === 0 ? 'limit' : 'market'),
    trade_id: String(trade.id),
    timestamp: quoted(microseconds(trade.time)),
  });
}

export function tickerRow(market: InstrumentMarket, now: number): string {
  const { instrument, format, book } = market;
  const { price, amount } = format;
  const day = market.rollingWindow(now, DAY_MS);
  const change = day.last - day.open;
  return rowText({
    symbol: quoted(instrument.symbol),
    bid: price.text(book.bids.price(0) ?? 0),
    bid_qty: amount.text(book.bids.amount(0)),
    ask: price.text(book.asks.price(0) ?? 0),
    ask_qty: amount.text(book.asks.amount(0)),
    last: price.text(day.last),
    volume: amount.text(day.volume),
    vwap: vwap(market, day),
    low: price.text(day.low),
    high: price.text(day.high),
    change: price.text(change),
    change_pct: ((change / day.open) * 100).toFixed(2),
    timestamp: quoted(microseconds(now)),
  });
}

/** @param minutes length of the candle */
export function candleRow(market: InstrumentMarket, candle: Candle, minutes: number): string {
  const { price, amount } = market.format;
  return rowText({
    symbol: quoted(market.instrument.symbol),
    open: price.text(candle.open),
    high: price.text(candle.high),
    low: price.text(candle.low),
    close: price.text(candle.close),
    trades: String(candle.trades),
    volume: amount.text(candle.volume),
    vwap: vwap(market, candle),
    interval_begin: quoted(nanoseconds(candle.openTime)),
    interval: String(minutes),
    // The end of the candle, whatever its name says.
    timestamp: quoted(microseconds(candle.endTime)),
  });
}

/** The checksum is of the book as it is after the row. */
export function bookRow(symbol: string, { bids, asks, best }: BookRows, time: number): string {
  return rowText({
    symbol: quoted(symbol),
    bids: levels(bids),
    asks: levels(asks),
    checksum: String(bookChecksum(best.asks, best.bids)),
    timestamp: quoted(microseconds(time)),
  });
}

/** What a candle or a window paid for one on the average. */
export function vwap(
  { format }: InstrumentMarket,
  { volume, quoteVolume, ...prices }: Pick<Candle, 'volume' | 'quoteVolume'> & { readonly close?: number },
): string {
  // Ticks times lots, divided by lots.
  const ticks = volume === 0 ? (prices.close ?? 0) : Math.round(Number(quoteVolume) / volume);
  return format.price.text(ticks);
}

/** `2026-11-21T10:00:20.123000Z` */
export function microseconds(time: number): string {
  return new Date(time).toISOString().replace('Z', '000Z');
}

export function nanoseconds(time: number): string {
  return new Date(time).toISOString().replace('Z', '000000Z');
}

export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function rowText(row: Row): string {
  return `{${Object.entries(row)
    .map(([key, json]) => `"${key}":${json}`)
    .join(',')}}`;
}

function levels(side: readonly LevelText[]): string {
  return `[${side.map(([price, qty]) => `{"price":${price},"qty":${qty}}`).join(',')}]`;
}
