import type { BookLevel, Side } from '@exchange-stream/market-data';
import type { BookLink, CandleRow, Sink, Stream, TradeRow } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  exactId,
  exactInteger,
  object,
  optionalAmount,
  optionalPrice,
  optionalSignedDecimal,
  price,
  text,
  word,
} from '../decoder/fields.ts';
import { levels, type Precision } from './kraken.book.ts';
import { readCandle } from './kraken.candles.ts';
import { optionalTime, time } from './kraken.fields.ts';
import type { WireBook, WireTicker, WireTrade } from './kraken.wire.ts';

const SNAPSHOT = 'snapshot';
const UPDATE = 'update';

/** A checksum is a number of 32 bits without a sign. */
const CHECKSUMS = 2 ** 32;

/** What rows are read with, beside themselves. */
export interface RowContext {
  /** Whether a ticker is told for its best bid and ask. */
  readonly isQuote: boolean;
  /** Decimal places of a pair, if they are known. */
  readonly precisionOf: (symbol: string) => Precision | undefined;
  /** Weekday on which candles of a week begin. */
  readonly firstWeekday: number;
}

/**
 * Reads the rows of one topic into the sink. All fields of a row are read before the sink is called, so that a bad one
 * leaves nothing half done; the other rows count.
 */
export function readRows<S extends Stream>(
  channel: string,
  type: unknown,
  rows: readonly unknown[],
  stream: S,
  sink: Sink<S>,
  context: RowContext,
): void {
  if (type === SNAPSHOT && channel === 'trade') return readRecentTrades(rows, stream, sink);
  if (type === SNAPSHOT && channel === 'ohlc') return readRunningCandle(rows, stream, sink, context);
  const read = readerOf(channel, type, stream, sink, context);
  for (let index = 0; index < rows.length; index++) attempt(rows, index, read, stream, sink);
}

type ReadRow = (row: Readonly<Record<string, unknown>>, field: string) => void;

function attempt<S extends Stream>(
  rows: readonly unknown[],
  index: number,
  read: ReadRow,
  stream: S,
  sink: Sink<S>,
): void {
  const field = `data[${index}]`;
  try {
    read(object(rows[index], field), field);
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) throw error;
    sink.rejected(stream, error.message);
  }
}

/** In which order they come is not said, and their ids say it. */
function readRecentTrades<S extends Stream>(rows: readonly unknown[], stream: S, sink: Sink<S>): void {
  const recent: TradeRow[] = [];
  const read: ReadRow = (row, field) => recent.push(readTrade(row, field));
  for (let index = 0; index < rows.length; index++) attempt(rows, index, read, stream, sink);
  recent.sort((one, other) => Number(one.id) - Number(other.id));
  sink.recentTrades(stream, recent);
}

/** A snapshot may begin with candles of the past, which are asked of REST where anybody wants them: the newest counts. */
function readRunningCandle<S extends Stream>(
  rows: readonly unknown[],
  stream: S,
  sink: Sink<S>,
  { firstWeekday }: RowContext,
): void {
  let newest: CandleRow | undefined;
  const read: ReadRow = (row, field) => {
    const candle = readCandle(row, field, firstWeekday);
    if (!newest || candle.openTime > newest.openTime) newest = candle;
  };
  for (let index = 0; index < rows.length; index++) attempt(rows, index, read, stream, sink);
  if (newest) sink.candle(stream, undefined, newest);
  if (rows.length > 1) sink.ignored('candles of the past');
}

function readerOf<S extends Stream>(
  channel: string,
  type: unknown,
  stream: S,
  sink: Sink<S>,
  context: RowContext,
): ReadRow {
  switch (channel) {
    case 'trade':
      return (row, field) => {
        const { exchangeTime, id, price: at, amount: of, side } = readTrade(row, field);
        sink.trade(stream, exchangeTime, id, at, of, side);
      };
    case 'ticker':
      return context.isQuote
        ? (row, field) => readQuote(row, field, stream, sink)
        : (row, field) => readTicker(row, field, stream, sink);
    case 'book':
      return (row, field) => readBook(row, field, type, stream, sink, context);
    default:
      return (row, field) => sink.candle(stream, undefined, readCandle(row, field, context.firstWeekday));
  }
}

function readTrade(row: WireTrade, field: string): TradeRow {
  return {
    id: exactId(row.trade_id, `${field}.trade_id`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.qty, `${field}.qty`),
    side: side(row.side, `${field}.side`),
    exchangeTime: time(row.timestamp, `${field}.timestamp`),
  };
}

function side(value: unknown, field: string): Side {
  if (value !== 'buy' && value !== 'sell') throw new MalformedFieldError(field, '"buy" or "sell"', value);
  return value;
}

function readTicker<S extends Stream>(row: WireTicker, field: string, stream: S, sink: Sink<S>): void {
  const at = (name: string): string => `${field}.${name}`;
  const last = optionalPrice(row.last, at('last'));
  // Nothing has been traded yet: there is no price to tell.
  if (last === undefined) return sink.ignored('ticker without a trade');
  sink.ticker(stream, optionalTime(row.timestamp, at('timestamp')), {
    last,
    high: optionalPrice(row.high, at('high')),
    low: optionalPrice(row.low, at('low')),
    change: optionalSignedDecimal(row.change, at('change')),
    changePercent: optionalSignedDecimal(row.change_pct, at('change_pct')),
    weightedAverage: optionalPrice(row.vwap, at('vwap')),
    baseVolume: optionalAmount(row.volume, at('volume')),
    bid: optionalPrice(row.bid, at('bid')),
    bidAmount: optionalAmount(row.bid_qty, at('bid_qty')),
    ask: optionalPrice(row.ask, at('ask')),
    askAmount: optionalAmount(row.ask_qty, at('ask_qty')),
  });
}

function readQuote<S extends Stream>(row: WireTicker, field: string, stream: S, sink: Sink<S>): void {
  const at = (name: string): string => `${field}.${name}`;
  const bid = optionalPrice(row.bid, at('bid'));
  const ask = optionalPrice(row.ask, at('ask'));
  const bidAmount = optionalAmount(row.bid_qty, at('bid_qty'));
  const askAmount = optionalAmount(row.ask_qty, at('ask_qty'));
  const exchangeTime = optionalTime(row.timestamp, at('timestamp'));
  if (bid === undefined || ask === undefined || bidAmount === undefined || askAmount === undefined)
    return sink.ignored('quote without one of its sides');
  sink.quote(stream, exchangeTime, undefined, bid, bidAmount, ask, askAmount);
}

function readBook<S extends Stream>(
  row: WireBook,
  field: string,
  type: unknown,
  stream: S,
  sink: Sink<S>,
  { precisionOf }: RowContext,
): void {
  const isSnapshot = type === SNAPSHOT;
  if (!isSnapshot) word(type, UPDATE, 'type');
  const precision = precisionOf(text(row.symbol, `${field}.symbol`));
  const asWritten = new Map<BookLevel, BookLevel>();
  const bids = levels(row.bids, `${field}.bids`, precision, asWritten);
  const asks = levels(row.asks, `${field}.asks`, precision, asWritten);
  const exchangeTime = optionalTime(row.timestamp, `${field}.timestamp`);
  const link: BookLink = {
    checksum: checksum(row.checksum, `${field}.checksum`),
    ...(asWritten.size > 0 && { asWritten }),
  };
  if (isSnapshot) sink.bookSnapshot(stream, exchangeTime, link, bids, asks);
  else sink.bookUpdate(stream, exchangeTime, link, bids, asks);
}

/** Every message has one. */
function checksum(value: unknown, field: string): number {
  const number = exactInteger(value, field);
  if (number >= CHECKSUMS) throw new MalformedFieldError(field, 'a checksum of 32 bits', value);
  return number;
}
