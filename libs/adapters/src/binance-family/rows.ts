import type { CandleRow, Sink, Stream, TickerRow } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  flag,
  id,
  integer,
  levels,
  object,
  optionalAmount,
  optionalInteger,
  optionalPrice,
  optionalSignedDecimal,
  price,
  text,
  word,
  type WireObject,
} from '../decoder/fields.ts';
import type {
  WireBook,
  WireBookUpdate,
  WireCandle,
  WireCandleEvent,
  WireQuote,
  WireSegment,
  WireTicker,
  WireTrade,
} from './wire.ts';

/** Forms of payload that all exchanges of the family have, each with a reader of its own. */
export type PayloadKind =
  | 'trade'
  | 'aggTrade'
  | '24hrTicker'
  | 'bookTicker'
  | 'depthUpdate'
  /** The top of a book, as spot writes it. */
  | 'partialDepth'
  /** The same of futures: it looks like an update, and is a whole. */
  | 'wholeDepthUpdate'
  | 'kline';

/** What may stand in `v`, `q`, `V` and `Q` of a ticker or a candle. */
export type Volumes = 'base and quote' | 'contracts and base';

/** How the rows of a connection are written. */
export interface RowForm {
  readonly unitsPerMs: UnitsPerMs;
  readonly volumes: Volumes;
  /** Of futures, which rows are of this exchange (`st`); rows that do not say so are. */
  readonly segment?: 1 | 2;
}

/** How many of the connection's time units make a millisecond: 1000 on one opened with `timeUnit=MICROSECOND`. */
export type UnitsPerMs = 1 | 1000;

/**
 * Reads one payload into the sink. All fields are read before the sink is called, so that a bad one leaves nothing half
 * done.
 * @throws MalformedFieldError
 */
export function readPayload<S extends Stream>(
  kind: PayloadKind,
  row: WireObject,
  stream: S,
  form: RowForm,
  sink: Sink<S>,
): void {
  const { unitsPerMs } = form;
  switch (kind) {
    case 'trade':
      return readTrade(row, stream, unitsPerMs, sink);
    case 'aggTrade':
      return readAggregatedTrade(row, stream, unitsPerMs, sink);
    case '24hrTicker':
      return readTicker(row, stream, form, sink);
    case 'bookTicker':
      return readQuote(row, stream, unitsPerMs, sink);
    case 'depthUpdate':
      return readBookUpdate(row, stream, unitsPerMs, sink);
    case 'partialDepth':
      return readPartialBook(row, stream, sink);
    case 'wholeDepthUpdate':
      return readWholeDepthUpdate(row, stream, unitsPerMs, sink);
    case 'kline':
      return readCandle(row, stream, form, sink);
  }
}

/**
 * Whether a row is of another exchange of futures than this one. A topic of one symbol has none of these, one of all symbols
 * has both.
 */
export function isOfOtherSegment({ st }: WireSegment, { segment }: RowForm): boolean {
  return segment !== undefined && st !== undefined && st !== segment;
}

/** Deals that no taker made in the market; others than these may come. */
const OTHER_DEALS: ReadonlySet<unknown> = new Set(['INSURANCE_FUND', 'ADL', 'NA']);

function readTrade<S extends Stream>(row: WireTrade, stream: S, unitsPerMs: UnitsPerMs, sink: Sink<S>): void {
  word(row.e, 'trade', 'e');
  if (row.X !== undefined && row.X !== 'MARKET') {
    return sink.ignored(
      `trade ${typeof row.X === 'string' && OTHER_DEALS.has(row.X) ? row.X : 'of another kind'}`,
    );
  }
  sink.trade(
    stream,
    time(row.T, 'T', unitsPerMs),
    id(row.t, 't'),
    price(row.p, 'p'),
    amount(row.q, 'q'),
    // The buyer was the maker: the taker sold.
    flag(row.m, 'm') ? 'sell' : 'buy',
  );
}

function readAggregatedTrade<S extends Stream>(
  row: WireTrade,
  stream: S,
  unitsPerMs: UnitsPerMs,
  sink: Sink<S>,
): void {
  word(row.e, 'aggTrade', 'e');
  sink.trade(
    stream,
    time(row.T, 'T', unitsPerMs),
    id(row.a, 'a'),
    price(row.p, 'p'),
    amount(row.q, 'q'),
    flag(row.m, 'm') ? 'sell' : 'buy',
    { firstId: id(row.f, 'f'), lastId: id(row.l, 'l') },
  );
}

function readQuote<S extends Stream>(row: WireQuote, stream: S, unitsPerMs: UnitsPerMs, sink: Sink<S>): void {
  sink.quote(
    stream,
    optionalTime(row.E, 'E', unitsPerMs),
    integer(row.u, 'u'),
    price(row.b, 'b'),
    amount(row.B, 'B'),
    price(row.a, 'a'),
    amount(row.A, 'A'),
  );
}

function readTicker<S extends Stream>(
  row: WireTicker,
  stream: S,
  { unitsPerMs, volumes }: RowForm,
  sink: Sink<S>,
): void {
  word(row.e, '24hrTicker', 'e');
  const ticker: TickerRow = {
    last: price(row.c, 'c'),
    open: optionalPrice(row.o, 'o'),
    high: optionalPrice(row.h, 'h'),
    low: optionalPrice(row.l, 'l'),
    change: optionalSignedDecimal(row.p, 'p'),
    changePercent: optionalSignedDecimal(row.P, 'P'),
    weightedAverage: optionalPrice(row.w, 'w'),
    ...(volumes === 'base and quote'
      ? { baseVolume: optionalAmount(row.v, 'v'), quoteVolume: optionalAmount(row.q, 'q') }
      : { baseVolume: optionalAmount(row.q, 'q') }),
    bid: optionalPrice(row.b, 'b'),
    bidAmount: optionalAmount(row.B, 'B'),
    ask: optionalPrice(row.a, 'a'),
    askAmount: optionalAmount(row.A, 'A'),
    tradeCount: optionalInteger(row.n, 'n'),
    openTime: optionalTime(row.O, 'O', unitsPerMs),
    closeTime: optionalTime(row.C, 'C', unitsPerMs),
  };
  sink.ticker(stream, time(row.E, 'E', unitsPerMs), ticker);
}

function readCandle<S extends Stream>(
  row: WireCandleEvent,
  stream: S,
  { unitsPerMs, volumes }: RowForm,
  sink: Sink<S>,
): void {
  word(row.e, 'kline', 'e');
  const candle: WireCandle = object(row.k, 'k');
  sink.candle(stream, time(row.E, 'E', unitsPerMs), {
    interval: text(candle.i, 'k.i'),
    openTime: time(candle.t, 'k.t', unitsPerMs),
    // `T` is the last instant inside the bucket.
    closeTime: (integer(candle.T, 'k.T') + 1) / unitsPerMs,
    open: price(candle.o, 'k.o'),
    high: price(candle.h, 'k.h'),
    low: price(candle.l, 'k.l'),
    close: price(candle.c, 'k.c'),
    ...(volumes === 'base and quote'
      ? {
          baseVolume: amount(candle.v, 'k.v'),
          quoteVolume: optionalAmount(candle.q, 'k.q'),
          takerBuyBaseVolume: optionalAmount(candle.V, 'k.V'),
          takerBuyQuoteVolume: optionalAmount(candle.Q, 'k.Q'),
        }
      : { baseVolume: amount(candle.q, 'k.q'), takerBuyBaseVolume: optionalAmount(candle.Q, 'k.Q') }),
    tradeCount: optionalInteger(candle.n, 'k.n'),
    closed: flag(candle.x, 'k.x'),
    ...tradeIdsOf(candle),
  });
}

/** Both ids are -1 where nothing was traded. */
function tradeIdsOf({ f, L }: WireCandle): Pick<CandleRow, 'tradeIds'> {
  if (f === undefined || L === undefined || f === -1) return {};
  return { tradeIds: { first: integer(f, 'k.f'), last: integer(L, 'k.L') } };
}

function readBookUpdate<S extends Stream>(
  row: WireBookUpdate,
  stream: S,
  unitsPerMs: UnitsPerMs,
  sink: Sink<S>,
): void {
  word(row.e, 'depthUpdate', 'e');
  const first = integer(row.U, 'U');
  const last = integer(row.u, 'u');
  if (first > last) throw new MalformedFieldError('U', `an update id up to u = ${last}`, first);
  sink.bookUpdate(
    stream,
    time(row.E, 'E', unitsPerMs),
    row.pu === undefined ? { first, last } : { first, last, previous: sequence(row.pu, 'pu') },
    levels(row.b, 'b'),
    levels(row.a, 'a'),
  );
}

function readPartialBook<S extends Stream>(row: WireBook, stream: S, sink: Sink<S>): void {
  sink.bookSnapshot(
    stream,
    undefined,
    { last: integer(row.lastUpdateId, 'lastUpdateId') },
    levels(row.bids, 'bids'),
    levels(row.asks, 'asks'),
  );
}

function readWholeDepthUpdate<S extends Stream>(
  row: WireBookUpdate,
  stream: S,
  unitsPerMs: UnitsPerMs,
  sink: Sink<S>,
): void {
  word(row.e, 'depthUpdate', 'e');
  const first = integer(row.U, 'U');
  const last = integer(row.u, 'u');
  if (first > last) throw new MalformedFieldError('U', `an update id up to u = ${last}`, first);
  if (row.pu !== undefined) sequence(row.pu, 'pu');
  sink.bookSnapshot(stream, time(row.E, 'E', unitsPerMs), { last }, levels(row.b, 'b'), levels(row.a, 'a'));
}

/** An update id, or -1 where nothing has happened to a book yet. */
export function sequence(value: unknown, field: string): number {
  return value === -1 ? -1 : integer(value, field);
}

export function time(value: unknown, field: string, unitsPerMs: UnitsPerMs): number {
  return integer(value, field) / unitsPerMs;
}

function optionalTime(value: unknown, field: string, unitsPerMs: UnitsPerMs): number | undefined {
  return value === undefined ? undefined : time(value, field, unitsPerMs);
}
