import type { BookLink, CandleRow, Sink, Stream } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  flag,
  integer,
  levels,
  list,
  object,
  price,
  signedInteger32,
  text,
  type WireObject,
} from './lab.fields.ts';
import type { LabBooks } from './lab.options.ts';
import type { DataKind } from './lab.topics.ts';
import { tellRecentTrades, tellTrades } from './lab.trades.ts';
import { readLiquidation, readNotice, readValues } from './lab.values.ts';

/**
 * Reads the data of one frame into the sink. A row is read whole before the sink is called, so that a bad one leaves
 * nothing half done.
 * @throws MalformedFieldError
 */
export function readData<S extends Stream>(
  kind: DataKind,
  data: unknown,
  sentAt: unknown,
  isSnapshot: boolean,
  books: LabBooks,
  stream: S,
  sink: Sink<S>,
): void {
  const time = integer(sentAt, 'time');
  switch (kind) {
    case 'trades':
      return (isSnapshot ? tellRecentTrades : tellTrades)(list(data, 'data'), stream, sink);
    case 'ticker':
      return readTicker(object(data, 'data'), time, stream, sink);
    case 'quotes':
      return readQuote(object(data, 'data'), time, stream, sink);
    case 'candles':
      return sink.candle(stream, time, readCandle(object(data, 'data'), 'data'));
    case 'book':
      return readBook(object(data, 'data'), time, books, stream, sink);
    case 'book10':
      return readBestLevels(object(data, 'data'), time, stream, sink);
    case 'values':
      return readValues(object(data, 'data'), time, stream, sink);
    case 'values of all':
      return forEachSymbol(list(data, 'data'), stream, sink, (row, of) => readValues(row, time, of, sink));
    case 'liquidations of all':
      return forEachSymbol(list(data, 'data'), stream, sink, (row, of) => readLiquidation(row, of, sink));
    case 'liquidations':
      for (const row of list(data, 'data')) readLiquidation(row, stream, sink);
      return;
    case 'notices':
      for (const row of list(data, 'data')) readNotice(row, time, stream, sink);
      return;
  }
}

/** Rows of a topic of all symbols, each of which names its own. */
function forEachSymbol<S extends Stream>(
  rows: readonly unknown[],
  stream: S,
  sink: Sink<S>,
  read: (row: WireObject, of: S) => void,
): void {
  for (const entry of rows) {
    const row = object(entry, 'row');
    const of = sink.of(stream, text(row.symbol, 'symbol'));
    if (of) read(row, of);
  }
}

function readTicker<S extends Stream>(row: WireObject, time: number, stream: S, sink: Sink<S>): void {
  sink.ticker(stream, time, {
    last: price(row.last, 'last'),
    open: price(row.open, 'open'),
    high: price(row.high, 'high'),
    low: price(row.low, 'low'),
    baseVolume: amount(row.volume, 'volume'),
    quoteVolume: amount(row.quoteVolume, 'quoteVolume'),
  });
}

function readQuote<S extends Stream>(row: WireObject, time: number, stream: S, sink: Sink<S>): void {
  sink.quote(
    stream,
    time,
    integer(row.sequence, 'sequence'),
    price(row.bid, 'bid'),
    amount(row.bidAmount, 'bidAmount'),
    price(row.ask, 'ask'),
    amount(row.askAmount, 'askAmount'),
  );
}

/** One candle, of the stream or of REST. */
export function readCandle(row: WireObject, field: string): CandleRow {
  return {
    interval: text(row.interval, `${field}.interval`),
    openTime: integer(row.openTime, `${field}.openTime`),
    // On the wire it is the last millisecond inside the bucket.
    closeTime: integer(row.closeTime, `${field}.closeTime`) + 1,
    open: price(row.open, `${field}.open`),
    high: price(row.high, `${field}.high`),
    low: price(row.low, `${field}.low`),
    close: price(row.close, `${field}.close`),
    baseVolume: amount(row.volume, `${field}.volume`),
    quoteVolume: amount(row.quoteVolume, `${field}.quoteVolume`),
    tradeCount: integer(row.trades, `${field}.trades`),
    ...(row.closed !== undefined && { closed: flag(row.closed, `${field}.closed`) }),
  };
}

/** Which of the other link fields are there is read off the wire: what is absent is not checked. */
function readBook<S extends Stream>(
  row: WireObject,
  time: number,
  books: LabBooks,
  stream: S,
  sink: Sink<S>,
): void {
  const link = readLink(row, books);
  const bids = levels(row.bids, 'bids');
  const asks = levels(row.asks, 'asks');
  if (row.snapshot !== undefined && flag(row.snapshot, 'snapshot')) {
    sink.bookSnapshot(stream, time, link, bids, asks);
  } else {
    sink.bookUpdate(stream, time, link, bids, asks);
  }
}

function readLink(row: WireObject, books: LabBooks): BookLink {
  const checksum = row.checksum === undefined ? {} : { checksum: signedInteger32(row.checksum, 'checksum') };
  if (books === 'none') return checksum;
  const last = integer(row.last, 'last');
  const first = row.first === undefined ? undefined : integer(row.first, 'first');
  // Nothing comes before a whole book.
  const previous =
    row.previous === undefined || row.previous === -1 ? undefined : integer(row.previous, 'previous');
  if (first !== undefined && first > last) throw new MalformedFieldError('first', `at most ${last}`, first);
  return {
    last,
    ...(first === undefined ? {} : { first }),
    ...(previous === undefined ? {} : { previous }),
    ...checksum,
  };
}

function readBestLevels<S extends Stream>(row: WireObject, time: number, stream: S, sink: Sink<S>): void {
  const last = integer(row.last, 'last');
  sink.bookSnapshot(stream, time, { last }, levels(row.bids, 'bids'), levels(row.asks, 'asks'));
}
