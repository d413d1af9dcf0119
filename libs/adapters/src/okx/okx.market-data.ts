import { CandleInterval } from '@exchange-stream/market-data';
import type { BookLink, CandleRow, Sink, Stream } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  exactId,
  exactInteger,
  integer,
  list,
  object,
  optionalAmount,
  optionalPrice,
  price,
  word,
} from '../decoder/fields.ts';
import { levels, present, side } from './okx.fields.ts';
import { anchorsOf, isSpot } from './okx.instruments.ts';
import { readNotice } from './okx.status.ts';
import { describeTopic, type PayloadKind } from './okx.topics.ts';
import {
  readFundingRate,
  readIndexPrice,
  readLiquidations,
  readMarkPrice,
  readOpenInterest,
  readOption,
} from './okx.valuation.ts';
import type { WireBook, WireMessage, WireTicker, WireTrade } from './okx.wire.ts';

/**
 * Reads the rows of one frame into the sink. All fields of a row are read before the sink is called, so that a bad one
 * leaves nothing half done; the other rows count.
 */
export function readRows<S extends Stream>(
  kind: PayloadKind,
  message: WireMessage,
  stream: S,
  sink: Sink<S>,
): void {
  const read = readerOf(kind, message, stream, sink);
  const rows = message.data;
  if (!Array.isArray(rows)) return sink.rejected(stream, 'data: expected an array');
  for (let index = 0; index < rows.length; index++) {
    try {
      read(rows[index], `data[${index}]`);
    } catch (error) {
      if (!(error instanceof MalformedFieldError)) throw error;
      sink.rejected(stream, error.message);
    }
  }
}

type ReadRow = (row: unknown, field: string) => void;

function readerOf<S extends Stream>(
  kind: PayloadKind,
  { action }: WireMessage,
  stream: S,
  sink: Sink<S>,
): ReadRow {
  switch (kind) {
    case 'trades':
      return (row, field) => readTrade(object(row, field), field, stream, sink);
    case 'ticker':
      return (row, field) => readTicker(object(row, field), field, stream, sink);
    case 'quote':
      return (row, field) => readQuote(object(row, field), field, stream, sink);
    case 'wholeBook':
      return (row, field) => readWholeBook(object(row, field), field, stream, sink);
    case 'linkedBook':
      return (row, field) => readLinkedBook(object(row, field), field, action, stream, sink);
    case 'markPrice':
      return (row, field) => readMarkPrice(object(row, field), field, stream, sink);
    case 'indexPrice':
      return (row, field) => readIndexPrice(object(row, field), field, stream, sink);
    case 'fundingRate':
      return (row, field) => readFundingRate(object(row, field), field, stream, sink);
    case 'openInterest':
      return (row, field) => readOpenInterest(object(row, field), field, stream, sink);
    case 'liquidations':
      return (row, field) => readLiquidations(object(row, field), field, stream, sink);
    case 'options':
      return (row, field) => readOption(object(row, field), field, stream, sink);
    case 'status':
      return (row, field) => readNotice(object(row, field), field, stream, sink);
    case 'candles':
      return (row, field) => sink.candle(stream, undefined, readCandle(row, field, candlesOf(stream.topic)));
  }
}

function readTrade<S extends Stream>(row: WireTrade, field: string, stream: S, sink: Sink<S>): void {
  sink.trade(
    stream,
    exactInteger(row.ts, `${field}.ts`),
    exactId(row.tradeId, `${field}.tradeId`),
    price(row.px, `${field}.px`),
    amount(row.sz, `${field}.sz`),
    side(row.side, `${field}.side`),
  );
}

function readTicker<S extends Stream>(row: WireTicker, field: string, stream: S, sink: Sink<S>): void {
  // Nothing has been traded yet: there is no price to tell.
  if (row.last === '') return sink.ignored('ticker without a trade');
  const at = (name: string): string => `${field}.${name}`;
  const volume = optionalAmount(present(row.vol24h), at('vol24h'));
  const currencyVolume = optionalAmount(present(row.volCcy24h), at('volCcy24h'));
  sink.ticker(stream, exactInteger(row.ts, at('ts')), {
    last: price(row.last, at('last')),
    open: optionalPrice(present(row.open24h), at('open24h')),
    high: optionalPrice(present(row.high24h), at('high24h')),
    low: optionalPrice(present(row.low24h), at('low24h')),
    // Of spot, the volumes are in base and in quote currency; of contracts, in contracts and in base currency.
    ...(isSpot(symbolIn(stream.topic))
      ? { baseVolume: volume, quoteVolume: currencyVolume }
      : { baseVolume: currencyVolume }),
    bid: optionalPrice(present(row.bidPx), at('bidPx')),
    bidAmount: optionalAmount(present(row.bidSz), at('bidSz')),
    ask: optionalPrice(present(row.askPx), at('askPx')),
    askAmount: optionalAmount(present(row.askSz), at('askSz')),
  });
}

function readQuote<S extends Stream>(row: WireBook, field: string, stream: S, sink: Sink<S>): void {
  const bids = levels(row.bids, `${field}.bids`);
  const asks = levels(row.asks, `${field}.asks`);
  const time = exactInteger(row.ts, `${field}.ts`);
  const [bid] = bids;
  const [ask] = asks;
  if (!bid || !ask) return sink.ignored('quote without one of its sides');
  sink.quote(stream, time, sequence(row.seqId, `${field}.seqId`), bid[0], bid[1], ask[0], ask[1]);
}

function readWholeBook<S extends Stream>(row: WireBook, field: string, stream: S, sink: Sink<S>): void {
  const bids = levels(row.bids, `${field}.bids`);
  const asks = levels(row.asks, `${field}.asks`);
  const last = sequence(row.seqId, `${field}.seqId`);
  const time = exactInteger(row.ts, `${field}.ts`);
  sink.bookSnapshot(stream, time, last === undefined ? undefined : { last }, bids, asks);
}

function readLinkedBook<S extends Stream>(
  row: WireBook,
  field: string,
  action: unknown,
  stream: S,
  sink: Sink<S>,
): void {
  const isSnapshot = action === 'snapshot';
  if (!isSnapshot) word(action, 'update', 'action');
  const bids = levels(row.bids, `${field}.bids`);
  const asks = levels(row.asks, `${field}.asks`);
  const time = exactInteger(row.ts, `${field}.ts`);
  const link = linkOf(row, field, isSnapshot);
  if (isSnapshot) sink.bookSnapshot(stream, time, link, bids, asks);
  else sink.bookUpdate(stream, time, link, bids, asks);
}

function linkOf(row: WireBook, field: string, isSnapshot: boolean): BookLink {
  const last = sequence(row.seqId, `${field}.seqId`);
  const previous = isSnapshot ? undefined : sequence(row.prevSeqId, `${field}.prevSeqId`);
  const checksum = checksumOf(row.checksum, `${field}.checksum`);
  return {
    ...(last !== undefined && { last }),
    ...(previous !== undefined && { previous }),
    ...(checksum !== undefined && { checksum }),
  };
}

function sequence(value: unknown, field: string): number | undefined {
  return value === undefined ? undefined : integer(value, field);
}

/** Of 32 bits, with a sign; 0 for none. */
function checksumOf(value: unknown, field: string): number | undefined {
  if (value === undefined || value === 0) return undefined;
  if (typeof value === 'number' && (value | 0) === value) return value;
  throw new MalformedFieldError(field, 'a checksum of 32 bits', value);
}

/** What a row of candles does not say itself. */
export interface CandleFrame {
  readonly interval: CandleInterval;
  readonly isSpot: boolean;
}

/** `[time, open, high, low, close, volume, volume in currency, volume in quote currency, whether it is closed]`. */
export function readCandle(entry: unknown, field: string, { interval, isSpot }: CandleFrame): CandleRow {
  const row = list(entry, field);
  const at = (column: number): string => `${field}[${column}]`;
  const openTime = exactInteger(row[0], at(0));
  const closed = closedOf(row[8], at(8));
  const volume = amount(row[5], at(5));
  const currencyVolume = optionalAmount(present(row[6]), at(6));
  const quoteVolume = optionalAmount(present(row[7]), at(7));
  return {
    interval: interval.text,
    openTime,
    closeTime: interval.end(openTime),
    open: price(row[1], at(1)),
    high: price(row[2], at(2)),
    low: price(row[3], at(3)),
    close: price(row[4], at(4)),
    // Of spot, the volumes are in base and in quote currency; of contracts, in contracts, base and quote currency.
    baseVolume: isSpot ? volume : amount(currencyVolume, at(6)),
    quoteVolume: isSpot ? currencyVolume : quoteVolume,
    ...(closed !== undefined && { closed }),
  };
}

/** Rows of seven columns, as there were up to 2022, do not say it. */
function closedOf(value: unknown, field: string): boolean | undefined {
  if (value === undefined) return undefined;
  if (value !== '0' && value !== '1') throw new MalformedFieldError(field, '"0" or "1"', value);
  return value === '1';
}

/** Intervals by topic of candles: as many as are subscribed. */
const intervals = new Map<string, CandleInterval>();

function candlesOf(topic: string): CandleFrame {
  const { nativeSymbol = '', params = { interval: '1m' } } = describeTopic(topic) ?? {};
  return { interval: intervalOf(String(params.interval), params.timezone), isSpot: isSpot(nativeSymbol) };
}

/** @param timezone of the parameter */
export function intervalOf(text: string, timezone: unknown): CandleInterval {
  const key = `${text} ${String(timezone)}`;
  const interval = intervals.get(key) ?? new CandleInterval(text, anchorsOf(timezone));
  intervals.set(key, interval);
  return interval;
}

function symbolIn(topic: string): string {
  return topic.slice(topic.indexOf(':') + 1);
}
