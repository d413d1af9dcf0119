import type { BookSide } from '../market/book-side.ts';
import type { Candle } from '../market/candle.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { isInverse } from '../market/instrument.ts';
import type { AggregateTrade, Trade } from '../market/tape.ts';
import { Timeframe } from '../market/timeframe.ts';
import { instTypeOf } from './okx.topics.ts';

// Rows of the public channels, key by key as OKX documents them. Numbers are texts, and an absent one is an empty text.

/** A part of a frame, ready for JSON. */
export type Payload = Readonly<Record<string, unknown>>;
/** Price, amount, zero (once liquidations), and how many orders. */
export type LevelRow = readonly [price: string, amount: string, unused: string, orders: string];

const DAY_MS = 86_400_000;
const DAYS = new Timeframe('1d');
const DAYS_OF_UTC8 = new Timeframe('1d', 8 * 3_600_000);

export function frameText(arg: Payload, rows: readonly unknown[], action?: 'snapshot' | 'update'): string {
  return JSON.stringify({ arg, ...(action !== undefined && { action }), data: rows });
}

/** Fills of one taker at one price, merged: the id is that of the last. */
export function tradeRow({ instrument, format, book }: InstrumentMarket, trade: AggregateTrade): Payload {
  return {
    instId: instrument.symbol,
    tradeId: String(trade.lastTradeId),
    px: format.price.text(trade.ticks),
    sz: format.amount.text(trade.lots),
    side: trade.takerSide,
    ts: String(trade.time),
    count: String(trade.lastTradeId - trade.firstTradeId + 1),
    seqId: book.lastUpdateId,
  };
}

export function singleTradeRow({ instrument, format }: InstrumentMarket, trade: Trade): Payload {
  return {
    instId: instrument.symbol,
    tradeId: String(trade.id),
    px: format.price.text(trade.ticks),
    sz: format.amount.text(trade.lots),
    side: trade.takerSide,
    ts: String(trade.time),
  };
}

export function tickerRow(market: InstrumentMarket, now: number): Payload {
  const { instrument, format, book, tape } = market;
  const { price, amount } = format;
  const day = market.rollingWindow(now, DAY_MS);
  return {
    instType: instTypeOf(market),
    instId: instrument.symbol,
    last: price.text(day.last),
    lastSz: amount.text(tape.last?.lots ?? 0),
    askPx: textOf(book.asks.price(0), price),
    askSz: amount.text(book.asks.amount(0)),
    bidPx: textOf(book.bids.price(0), price),
    bidSz: amount.text(book.bids.amount(0)),
    open24h: price.text(day.open),
    high24h: price.text(day.high),
    low24h: price.text(day.low),
    volCcy24h: volumes(market, day).volCcy,
    vol24h: amount.text(day.volume),
    sodUtc0: price.text(market.candles(DAYS).running.open),
    sodUtc8: price.text(market.candles(DAYS_OF_UTC8).running.open),
    ts: String(now),
  };
}

/** Times and prices, then volumes, then whether it is closed. */
export function candleRow(market: InstrumentMarket, candle: Candle, isClosed: boolean): readonly string[] {
  const { price, amount } = market.format;
  const { volCcy, volCcyQuote } = volumes(market, candle);
  return [
    String(candle.openTime),
    price.text(candle.open),
    price.text(candle.high),
    price.text(candle.low),
    price.text(candle.close),
    amount.text(candle.volume),
    volCcy,
    volCcyQuote,
    isClosed ? '1' : '0',
  ];
}

/** The first is of spot in the quote asset, of derivatives in the base asset; the second always in the quote asset. */
function volumes(
  { instrument, format }: InstrumentMarket,
  { volume, quoteVolume }: Pick<Candle, 'volume' | 'quoteVolume'>,
): { readonly volCcy: string; readonly volCcyQuote: string } {
  const paid = format.notional.text(quoteVolume);
  if (instrument.contract === undefined) return { volCcy: paid, volCcyQuote: paid };
  const face = format.face.text(volume);
  return isInverse(instrument) ? { volCcy: paid, volCcyQuote: face } : { volCcy: face, volCcyQuote: paid };
}

/** The best levels of a side, as many as asked. */
export function levelRows(market: InstrumentMarket, side: BookSide, limit: number): LevelRow[] {
  const rows: LevelRow[] = [];
  for (let rank = 0; rank < Math.min(limit, side.length); rank++)
    rows.push(levelRow(market, side.price(rank) ?? 0, side.amount(rank)));
  return rows;
}

export function levelRow({ format }: InstrumentMarket, ticks: number, lots: number): LevelRow {
  return [format.price.text(ticks), format.amount.text(lots), '0', orders(ticks, lots)];
}

/** With what of the amount is not offered to retail orders alone. */
export function rpiLevelRow({ format }: InstrumentMarket, ticks: number, lots: number): readonly string[] {
  const { price, amount } = format;
  return [price.text(ticks), amount.text(lots), amount.text(withoutRpi(ticks, lots)), orders(ticks, lots)];
}

function withoutRpi(ticks: number, lots: number): number {
  return ticks % 4 === 0 ? Math.floor(lots / 2) : lots;
}

/** Nobody counts them: any number that stays the same while the level does. */
function orders(ticks: number, lots: number): string {
  return lots === 0 ? '0' : String(1 + ((ticks + lots) % 9));
}

function textOf(ticks: number | undefined, price: { text(count: number): string }): string {
  return ticks === undefined ? '' : price.text(ticks);
}
