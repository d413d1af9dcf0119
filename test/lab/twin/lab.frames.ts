import type { PriceLevel } from '@exchange-stream/simulator';
import {
  levelsText,
  type Candle,
  type DepthDiff,
  type InstrumentMarket,
  type Trade,
} from '@exchange-stream/simulator/kit';
import type { CandleDialect } from './lab.options.ts';

// The `data` of each kind of frame, field by field as in the sheet.

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

/** Both sides of a book, or what has changed of them. */
export interface Sides {
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
}

type Changes = Pick<DepthDiff, 'bids' | 'asks'>;

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

/** @param sequence of the book as it stands */
export function quotesData({ book, format }: InstrumentMarket, sequence: number): Payload {
  return {
    sequence,
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
  dialect: CandleDialect,
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
    ...(dialect !== 'unflagged' && { closed }),
  };
}

/** @param sequence of the book as it stands */
export function topData(market: InstrumentMarket, sequence: number): Payload {
  return { last: sequence, ...wholeSides(market, TOP_LEVELS) };
}

export function wholeSides({ book, format }: InstrumentMarket, levels?: number): Sides {
  return {
    bids: levelsText(book.bids, format.price, format.amount, levels),
    asks: levelsText(book.asks, format.price, format.amount, levels),
  };
}

/** An amount of "0" removes the level. */
export function changedSides({ format }: InstrumentMarket, { bids, asks }: Changes): Sides {
  const level = ([ticks, lots]: readonly [number, number]): PriceLevel => [
    format.price.text(ticks),
    lots === 0 ? '0' : format.amount.text(lots),
  ];
  return { bids: bids.map(level), asks: asks.map(level) };
}
