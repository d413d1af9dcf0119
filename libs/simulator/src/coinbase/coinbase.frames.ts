import { dayOf } from '../coinbase-platform/products.ts';
import { isoTime } from '../coinbase-platform/times.ts';
import type { Answer } from '../faults/faultable-exchange.ts';
import type { Numbering } from '../faults/faulty-link.ts';
import type { Candle } from '../market/candle.ts';
import type { DepthDiff } from '../market/depth-diff.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { Trade } from '../market/tape.ts';

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;

const UNNUMBERED = '"sequence_num":0,';

/** A frame as it is before its connection numbers it. */
export function frameText(channel: string, now: number, event: string): string {
  return `{"channel":${JSON.stringify(channel)},"timestamp":"${isoTime(now)}",${UNNUMBERED}"events":[${event}]}`;
}

/** Counts the frames of a connection from 0; errors bear no number. */
export function numbering(): Numbering {
  let next = 0;
  return (text) => {
    const at = text.startsWith('{"channel"') ? text.indexOf(UNNUMBERED) : -1;
    if (at === -1) return text;
    return `${text.slice(0, at)}"sequence_num":${next++},${text.slice(at + UNNUMBERED.length)}`;
  };
}

export function errorText(message: string): string {
  return JSON.stringify({ type: 'error', message });
}

export function isError(answer: Answer): boolean {
  return typeof answer === 'string' && answer.startsWith('{"type":"error"');
}

/** Trades as told: the newest first, each with the side of its maker. */
export function tradeRows(market: InstrumentMarket, trades: readonly Trade[]): readonly Payload[] {
  return trades.map((trade) => tradeRow(market, trade)).reverse();
}

export function tradeRow({ instrument, format }: InstrumentMarket, trade: Trade): Payload {
  return {
    product_id: instrument.symbol,
    trade_id: String(trade.id),
    price: format.price.text(trade.ticks),
    size: format.amount.text(trade.lots),
    time: isoTime(trade.time),
    side: trade.takerSide === 'buy' ? 'SELL' : 'BUY',
  };
}

/** All levels of a book, bids first, best first on each side. */
export function wholeBook({ instrument, book, format }: InstrumentMarket, eventTime: string): Payload {
  const updates: Payload[] = [];
  for (const side of ['bid', 'ask'] as const) {
    const levels = book.side(side);
    for (let rank = 0; rank < levels.length; rank++)
      updates.push(levelRow(format, side, levels.price(rank) ?? 0, levels.amount(rank), eventTime));
  }
  return { type: 'snapshot', product_id: instrument.symbol, updates };
}

/** Levels that are other ones now; an amount of nothing is `0`. */
export function bookUpdate({ instrument, format }: InstrumentMarket, diff: DepthDiff, now: number): Payload {
  const eventTime = isoTime(now);
  const updates = [
    ...diff.bids.map(([ticks, lots]) => levelRow(format, 'bid', ticks, lots, eventTime)),
    ...diff.asks.map(([ticks, lots]) => levelRow(format, 'ask', ticks, lots, eventTime)),
  ];
  return { type: 'update', product_id: instrument.symbol, updates };
}

function levelRow(
  { price, amount }: InstrumentMarket['format'],
  side: 'bid' | 'ask',
  ticks: number,
  lots: number,
  eventTime: string,
): Payload {
  return {
    side: side === 'bid' ? 'bid' : 'offer',
    event_time: eventTime,
    price_level: price.text(ticks),
    new_quantity: amount.text(lots),
  };
}

/** How far the year's lowest and highest prices are from the day's. */
const YEAR = { low: 0.6, high: 1.4 };

/** @param withQuotes whether it tells the best bid and ask: those in batches do not */
export function tickerRow(market: InstrumentMarket, now: number, withQuotes: boolean): Payload {
  const { book, format, instrument } = market;
  const { price, amount } = format;
  const day = dayOf(market, now);
  const { low, high } = market.rollingWindow(now, DAY_MS);
  return {
    type: 'ticker',
    product_id: instrument.symbol,
    price: day.last,
    volume_24_h: day.volume,
    low_24_h: day.low,
    high_24_h: day.high,
    low_52_w: price.text(Math.floor(low * YEAR.low)),
    high_52_w: price.text(Math.ceil(high * YEAR.high)),
    price_percent_chg_24_h: day.changePercent,
    ...(withQuotes && {
      best_bid: price.text(book.bids.price(0) ?? 0),
      best_ask: price.text(book.asks.price(0) ?? 0),
      best_bid_quantity: amount.text(book.bids.amount(0)),
      best_ask_quantity: amount.text(book.asks.amount(0)),
    }),
  };
}

const DAY_MS = 86_400_000;

/** Of the stream, with its product. */
export function streamCandle(market: InstrumentMarket, candle: Candle): Payload {
  const { start, low, high, open, close, volume } = candleRow(market, candle);
  return { start, high, low, open, close, volume, product_id: market.instrument.symbol };
}

export interface CandleRow {
  /** Seconds since the epoch. */
  readonly start: string;
  readonly low: string;
  readonly high: string;
  readonly open: string;
  readonly close: string;
  readonly volume: string;
}

export function candleRow({ format: { price, amount } }: InstrumentMarket, candle: Candle): CandleRow {
  return {
    start: String(candle.openTime / 1000),
    low: price.text(candle.low),
    high: price.text(candle.high),
    open: price.text(candle.open),
    close: price.text(candle.close),
    volume: amount.text(candle.volume),
  };
}
