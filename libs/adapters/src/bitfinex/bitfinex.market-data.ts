import { CandleInterval } from '@exchange-stream/market-data';
import type { CandleRow, Sink, Stream, TradeRow } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, exactId, exactInteger, list, price } from '../decoder/fields.ts';
import { readBook, readOrders, tellLife } from './bitfinex.books.ts';
import {
  columns,
  knownAmount,
  knownDays,
  knownPrice,
  knownSigned,
  percentOf,
  rowsOf,
  signedAmount,
} from './bitfinex.fields.ts';
import type { OpenChannel } from './bitfinex.open-channels.ts';
import { readDerivatives, readLiquidation } from './bitfinex.status.ts';

/** Of a channel on which nothing has come for 15 s. */
export const HEARTBEAT = 'hb';

/** A frame of a channel, taken apart. */
export interface Payload {
  readonly channel: OpenChannel;
  /** `[chanId, content, …]` */
  readonly message: readonly unknown[];
  /** The time of the frame as it stands there. */
  readonly time: unknown;
  /** A list of rows of a book that has begun is changes. */
  readonly isBulk: boolean;
  readonly frame: Buffer;
}

/**
 * Reads the rows of one frame into the sink. All fields of a row are read before the sink is called, so that a bad one
 * leaves nothing half done; the other rows count, but for books.
 */
export function readPayload<S extends Stream>(payload: Payload, stream: S, sink: Sink<S>): void {
  const { channel, message, frame } = payload;
  const content = message[1];
  try {
    const time = payload.time === undefined ? undefined : exactInteger(payload.time, 'time');
    if (content === HEARTBEAT) return tellLife(channel, time, stream, sink);
    // Where no channel of ours is made of it, it is wanted as it comes, and given so already.
    if (channel.kind === undefined) return;
    if (channel.kind === 'trades') return readTrades(channel, message, stream, sink, frame);
    if (channel.kind === 'book') return readBook(payload, time, stream, sink);
    if (channel.kind === 'orders') return readOrders(payload, time, stream, sink);
    if (typeof content === 'string') return sink.unhandled(frame);
    const read = readerOf(channel, time, stream, sink);
    for (const [index, row] of rowsOf(content, 'rows').entries()) {
      try {
        read(row, `rows[${index}]`);
      } catch (error) {
        reject(error, stream, sink);
      }
    }
  } catch (error) {
    reject(error, stream, sink);
  }
}

function reject<S extends Stream>(error: unknown, stream: S, sink: Sink<S>): void {
  if (!(error instanceof MalformedFieldError)) throw error;
  sink.rejected(stream, error.message);
}

type ReadRow = (row: unknown, field: string) => void;

function readerOf<S extends Stream>(
  { kind, isFunding, interval, nativeSymbol }: OpenChannel,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): ReadRow {
  switch (kind) {
    case 'ticker':
      return isFunding
        ? (row, field) => readFundingTicker(row, field, time, stream, sink)
        : (row, field) => readTicker(row, field, time, stream, sink);
    case 'candles':
      return (row, field) => sink.candle(stream, time, readCandle(row, field, intervalOf(interval)));
    case 'derivatives':
      return (row, field) => readDerivatives(row, field, stream, sink);
    default:
      return (row, field) => readLiquidation(row, field, nativeSymbol, stream, sink);
  }
}

/**
 * `te` is a trade as executed and `tu` the same a moment later, `fte` and `ftu` those of funding; without a word, it is the
 * latest trades with which a subscription begins, newest first.
 */
function readTrades<S extends Stream>(
  { isFunding }: OpenChannel,
  [, content, row]: readonly unknown[],
  stream: S,
  sink: Sink<S>,
  frame: Buffer,
): void {
  switch (content) {
    case 'te':
    case 'tu':
    case 'fte':
    case 'ftu':
      return tell(readTrade(row, content, isFunding), stream, sink);
  }
  if (typeof content === 'string') return sink.unhandled(frame);
  const rows = list(content, 'trades');
  if (rows.length > 0 && !Array.isArray(rows[0]))
    return tell(readTrade(rows, 'trade', isFunding), stream, sink);
  const trades: TradeRow[] = [];
  for (const [index, entry] of rows.entries()) {
    try {
      trades.push(readTrade(entry, `trades[${index}]`, isFunding));
    } catch (error) {
      reject(error, stream, sink);
    }
  }
  sink.recentTrades(stream, trades.reverse());
}

function tell<S extends Stream>({ exchangeTime, id, ...trade }: TradeRow, stream: S, sink: Sink<S>): void {
  const { price, amount, side, periodDays } = trade;
  if (periodDays === undefined) sink.trade(stream, exchangeTime, id, price, amount, side);
  else sink.trade(stream, exchangeTime, id, price, amount, side, undefined, periodDays);
}

/** `[id, time, ±amount, price]`: the sign is the taker's side. Of funding the price is a rate, with the period behind it. */
function readTrade(value: unknown, field: string, isFunding: boolean): TradeRow {
  const row = columns(value, isFunding ? 5 : 4, field);
  const traded = signedAmount(row[2], `${field}[2]`);
  return {
    id: exactId(row[0], `${field}[0]`),
    exchangeTime: exactInteger(row[1], `${field}[1]`),
    amount: traded.amount,
    side: traded.isNegative ? 'sell' : 'buy',
    price: price(row[3], `${field}[3]`),
    ...(isFunding && { periodDays: exactInteger(row[4], `${field}[4]`) }),
  };
}

/**
 * `[bid, bid size, ask, ask size, change, relative change, last, volume, high, low]`. The sizes are the sums of the best 25
 * levels, and so nothing that a ticker of ours has.
 */
function readTicker<S extends Stream>(
  value: unknown,
  field: string,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const row = columns(value, 10, field);
  const at = (column: number): string => `${field}[${column}]`;
  const last = knownPrice(row[6], at(6));
  if (last === undefined) return sink.ignored('ticker without a trade');
  const relative = knownSigned(row[5], at(5));
  sink.ticker(stream, time, {
    last,
    high: knownPrice(row[8], at(8)),
    low: knownPrice(row[9], at(9)),
    change: knownSigned(row[4], at(4)),
    changePercent: relative === undefined ? undefined : percentOf(relative),
    baseVolume: knownAmount(row[7], at(7)),
    bid: knownPrice(row[0], at(0)),
    ask: knownPrice(row[2], at(2)),
  });
}

/**
 * `[flash return rate, bid, bid period, bid size, ask, ask period, ask size, change, relative change, last, volume, high,
 * low, …]`: prices are daily rates.
 */
function readFundingTicker<S extends Stream>(
  value: unknown,
  field: string,
  time: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const row = columns(value, 13, field);
  const at = (column: number): string => `${field}[${column}]`;
  const last = knownPrice(row[9], at(9));
  if (last === undefined) return sink.ignored('ticker without a trade');
  const relative = knownSigned(row[8], at(8));
  sink.ticker(stream, time, {
    last,
    high: knownPrice(row[11], at(11)),
    low: knownPrice(row[12], at(12)),
    change: knownSigned(row[7], at(7)),
    changePercent: relative === undefined ? undefined : percentOf(relative),
    baseVolume: knownAmount(row[10], at(10)),
    bid: knownPrice(row[1], at(1)),
    bidPeriodDays: knownDays(row[2], at(2)),
    ask: knownPrice(row[4], at(4)),
    askPeriodDays: knownDays(row[5], at(5)),
    flashReturnRate: knownAmount(row[0], at(0)),
    flashReturnAmount: knownAmount(row[15], at(15)),
  });
}

/** `[time, open, close, high, low, volume]`: the close before high and low. Whether it is closed, nothing says. */
export function readCandle(value: unknown, field: string, interval: CandleInterval): CandleRow {
  const row = columns(value, 6, field);
  const at = (column: number): string => `${field}[${column}]`;
  const openTime = exactInteger(row[0], at(0));
  return {
    interval: interval.text,
    openTime,
    closeTime: interval.end(openTime),
    open: price(row[1], at(1)),
    close: price(row[2], at(2)),
    high: price(row[3], at(3)),
    low: price(row[4], at(4)),
    baseVolume: amount(row[5], at(5)),
  };
}

/** Intervals by their name: as many as Bitfinex has. */
const intervals = new Map<string, CandleInterval>();

export function intervalOf(text: string): CandleInterval {
  const interval = intervals.get(text) ?? new CandleInterval(text);
  intervals.set(text, interval);
  return interval;
}
