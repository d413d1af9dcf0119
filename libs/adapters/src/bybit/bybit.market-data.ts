import type { BookLevel, Side } from '@exchange-stream/market-data';
import type { Sink, Stream } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  flag,
  integer,
  isWireObject,
  levels,
  list,
  object,
  optionalInteger,
  price,
  text,
  type WireObject,
} from '../decoder/fields.ts';
import { known, side, timeIfAny } from './bybit.fields.ts';
import { ONE_SIDED, readTicker } from './bybit.tickers.ts';
import { intervalOf, type Category, type PayloadKind } from './bybit.topics.ts';
import type {
  WireBook,
  WireCandle,
  WireLiquidation,
  WireMessage,
  WireNotice,
  WireTrade,
} from './bybit.wire.ts';

/** `u` of the first message after a restart of Bybit's service, which overwrites the book whatever its type says. */
const AFTER_RESTART = 1;

const STATES = {
  scheduled: 'scheduled',
  ongoing: 'ongoing',
  completed: 'completed',
  canceled: 'cancelled',
} as const;

/**
 * Reads the rows of one frame into the sink. Of a row all fields are read before the sink is called, so that a bad one
 * leaves nothing half done; of a frame of many rows the others count.
 * @throws MalformedFieldError
 */
export function readPayload<S extends Stream>(
  kind: PayloadKind,
  category: Category,
  message: WireMessage,
  stream: S,
  sink: Sink<S>,
): void {
  switch (kind) {
    case 'trades':
      return readRows(message.data, stream, sink, category === 'option' ? readTradeOfCoin : readTrade);
    case 'ticker': {
      const time = optionalInteger(message.ts, 'ts');
      const data = object(message.data, 'data');
      return readTicker(category, message.type === 'delta', data, stream, time, sink);
    }
    case 'best':
      return readBest(message, stream, sink);
    case 'book':
      return readBook(message, stream, sink);
    case 'candles': {
      const time = optionalInteger(message.ts, 'ts');
      return readRows(message.data, stream, sink, (row) => readCandle(row, category, stream, time, sink));
    }
    case 'liquidations':
      return readRows(message.data, stream, sink, readLiquidation);
    case 'status': {
      const time = optionalInteger(message.ts, 'ts');
      return readRows(message.data, stream, sink, (row) => readNotice(row, stream, time, sink));
    }
  }
}

function readRows<S extends Stream>(
  data: unknown,
  stream: S,
  sink: Sink<S>,
  read: (row: WireObject, stream: S, sink: Sink<S>) => void,
): void {
  for (const entry of list(data, 'data')) {
    try {
      read(object(entry, 'data'), stream, sink);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }
}

/**
 * Block trades (`BT`) are told as such. Those against retail orders (`RPI`), which the book does not show, are made in it all the
 * same.
 */
function readTrade<S extends Stream>(row: WireTrade, stream: S, sink: Sink<S>): void {
  tellTrade(stream, sink, {
    time: integer(row.T, 'T'),
    id: text(row.i, 'i'),
    price: price(row.p, 'p'),
    amount: amount(row.v, 'v'),
    side: side(row.S, 'S'),
    isBlock: row.BT === true,
  });
}

/** A trade as both ways of reading it find it. */
export interface ReadTrade {
  time: number;
  id: string;
  price: string;
  amount: string;
  side: Side;
  isBlock: boolean;
}

export function tellTrade<S extends Stream>(stream: S, sink: Sink<S>, trade: ReadTrade): void {
  const { time, id, price: paid, amount: traded, side: taker } = trade;
  if (trade.isBlock) sink.trade(stream, time, id, paid, traded, taker, undefined, undefined, true);
  else sink.trade(stream, time, id, paid, traded, taker);
}

/** All options of a coin share a topic. */
function readTradeOfCoin<S extends Stream>(row: WireTrade, stream: S, sink: Sink<S>): void {
  const option = sink.of(stream, text(row.s, 's'));
  if (option !== undefined) readTrade(row, option, sink);
}

function readBook<S extends Stream>(message: WireMessage, stream: S, sink: Sink<S>): void {
  const data: WireBook = object(message.data, 'data');
  const time = optionalInteger(message.ts, 'ts');
  const last = integer(data.u, 'u');
  const bids = levels(data.b, 'b');
  const asks = levels(data.a, 'a');
  if (message.type === 'delta' && last !== AFTER_RESTART) sink.bookUpdate(stream, time, { last }, bids, asks);
  else if (message.type === 'delta' || message.type === 'snapshot')
    sink.bookSnapshot(stream, time, { last }, withAmount(bids), withAmount(asks));
  else throw new MalformedFieldError('type', '"snapshot" or "delta"', message.type);
}

/** A book of one level, which comes whole each time: quote and book at once. */
function readBest<S extends Stream>(message: WireMessage, stream: S, sink: Sink<S>): void {
  if (message.type !== 'snapshot') return sink.ignored('change of a best level');
  const data: WireBook = object(message.data, 'data');
  const time = optionalInteger(message.ts, 'ts');
  const last = integer(data.u, 'u');
  const bids = withAmount(levels(data.b, 'b'));
  const asks = withAmount(levels(data.a, 'a'));
  sink.bookSnapshot(stream, time, { last }, bids, asks);
  const [[bid, bidAmount] = [], [ask, askAmount] = []] = [bids[0], asks[0]];
  if (bid === undefined || bidAmount === undefined || ask === undefined || askAmount === undefined)
    return sink.ignored(ONE_SIDED);
  sink.quote(stream, time, last, bid, bidAmount, ask, askAmount);
}

/** A snapshot may name levels that are gone: an amount of zero is none. */
export function withAmount(rows: BookLevel[]): BookLevel[] {
  for (const [, levelAmount] of rows) {
    if (!/[1-9]/.test(levelAmount)) return rows.filter(([, other]) => /[1-9]/.test(other));
  }
  return rows;
}

function readCandle<S extends Stream>(
  row: WireCandle,
  category: Category,
  stream: S,
  time: number | undefined,
  sink: Sink<S>,
): void {
  const interval = intervalOf(text(row.interval, 'interval'));
  if (interval === undefined) throw new MalformedFieldError('interval', 'an interval of Bybit', row.interval);
  const volume = amount(row.volume, 'volume');
  const turnover = amount(row.turnover, 'turnover');
  const isInverse = category === 'inverse';
  sink.candle(stream, time, {
    interval,
    openTime: integer(row.start, 'start'),
    // `end` is the last instant inside the bucket.
    closeTime: integer(row.end, 'end') + 1,
    open: price(row.open, 'open'),
    high: price(row.high, 'high'),
    low: price(row.low, 'low'),
    close: price(row.close, 'close'),
    // Of inverse contracts the volume is in USD, and the turnover in the base coin.
    baseVolume: isInverse ? turnover : volume,
    quoteVolume: isInverse ? volume : turnover,
    closed: flag(row.confirm, 'confirm'),
  });
}

/** `S` is the side of the position, opposite to that of the order which closes it: a long one is sold. */
function readLiquidation<S extends Stream>(row: WireLiquidation, stream: S, sink: Sink<S>): void {
  sink.liquidation(stream, integer(row.T, 'T'), {
    side: side(row.S, 'S') === 'buy' ? 'sell' : 'buy',
    price: price(row.p, 'p'),
    priceKind: 'bankruptcy',
    amount: amount(row.v, 'v'),
  });
}

function readNotice<S extends Stream>(
  row: WireNotice,
  stream: S,
  time: number | undefined,
  sink: Sink<S>,
): void {
  const word = text(row.state, 'state');
  const state = Object.entries(STATES).find(([wire]) => wire === word)?.[1];
  if (state === undefined) throw new MalformedFieldError('state', Object.keys(STATES).join(', '), word);
  const begin = timeIfAny(row.begin, 'begin');
  const end = timeIfAny(row.end, 'end');
  const url = known(row.href);
  sink.platformStatus(stream, time, {
    id: text(row.id, 'id'),
    state,
    text: text(row.title, 'title'),
    ...(begin !== undefined && { begin }),
    ...(end !== undefined && { end }),
    ...(url !== undefined && { url: text(url, 'href') }),
  });
}

/** Whether the frame's rows can be read at all: of no kind is there one without data. */
export function hasData(message: WireMessage): boolean {
  return Array.isArray(message.data) || isWireObject(message.data);
}
