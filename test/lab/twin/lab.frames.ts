import {
  levelsText,
  type Candle,
  type DepthDiff,
  type InstrumentMarket,
  type Trade,
} from '@exchange-stream/simulator/kit';
import type { BookDialect } from './lab.options.ts';

// The `data` of each kind of frame, field by field as in the sheet.

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

const DAY_MS = 86_400_000;
const TOP_LEVELS = 10;

export function tradeRow({ format }: InstrumentMarket, trade: Trade): Payload {
  return {
    id: String(trade.id),
    price: format.price.text(trade.ticks),
    amount: format.amount.text(trade.lots),
    side: trade.takerSide,
    time: trade.time,
  };
}

export function tickerData(market: InstrumentMarket, now: number): Payload {
  const { price, amount, notional } = market.format;
  const day = market.rollingWindow(now, DAY_MS);
  return {
    last: price.text(day.last),
    open: price.text(day.open),
    high: price.text(day.high),
    low: price.text(day.low),
    volume: amount.text(day.volume),
    quoteVolume: notional.text(day.quoteVolume),
  };
}

export function quotesData({ book, format }: InstrumentMarket): Payload {
  return {
    sequence: book.lastUpdateId,
    bid: format.price.text(book.bids.price(0) ?? 0),
    bidAmount: format.amount.text(book.bids.amount(0)),
    ask: format.price.text(book.asks.price(0) ?? 0),
    askAmount: format.amount.text(book.asks.amount(0)),
  };
}

export function candleData(
  { format }: InstrumentMarket,
  interval: string,
  candle: Candle,
  closed: boolean,
): Payload {
  const { price, amount, notional } = format;
  return {
    interval,
    openTime: candle.openTime,
    closeTime: candle.endTime - 1,
    open: price.text(candle.open),
    high: price.text(candle.high),
    low: price.text(candle.low),
    close: price.text(candle.close),
    volume: amount.text(candle.volume),
    quoteVolume: notional.text(candle.quoteVolume),
    trades: candle.trades,
    closed,
  };
}

export function topData(market: InstrumentMarket): Payload {
  return { last: market.book.lastUpdateId, ...wholeSides(market, TOP_LEVELS) };
}

/** All levels in the dialect `stream`. @param last number of the change that it contains last */
export function snapshotData(market: InstrumentMarket, last: number): Payload {
  return { snapshot: true, last, ...wholeSides(market) };
}

export function wholeSides({ book, format }: InstrumentMarket, levels?: number): Payload {
  return {
    bids: levelsText(book.bids, format.price, format.amount, levels),
    asks: levelsText(book.asks, format.price, format.amount, levels),
  };
}

/** @param number of this frame among those of the topic, for the dialect `stream` */
export function changeData(
  { format }: InstrumentMarket,
  diff: DepthDiff,
  books: BookDialect,
  number: number,
): Payload {
  const level = ([ticks, lots]: readonly [number, number]): readonly [string, string] => [
    format.price.text(ticks),
    lots === 0 ? '0' : format.amount.text(lots),
  ];
  return { ...link(diff, books, number), bids: diff.bids.map(level), asks: diff.asks.map(level) };
}

function link({ firstUpdateId, lastUpdateId }: DepthDiff, books: BookDialect, number: number): Payload {
  switch (books) {
    case 'range':
      return { first: firstUpdateId, last: lastUpdateId };
    case 'previous':
      return { previous: firstUpdateId - 1, last: lastUpdateId };
    case 'stream':
      return { last: number };
  }
}
