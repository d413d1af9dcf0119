import { CandleInterval, multiplyDecimals } from '@exchange-stream/market-data';
import type { CandleRow, Sink, Stream, TradeRow } from '@exchange-stream/nestjs/contract';
import {
  MalformedFieldError,
  amount,
  exactId,
  exactInteger,
  list,
  object,
  optionalAmount,
  optionalPrice,
  optionalSignedDecimal,
  price,
  text,
} from '../decoder/fields.ts';
import { isSpot, present, takerSide, time } from './coinbase.fields.ts';
import type { ContractSizes } from './coinbase.instruments.ts';
import { STREAMED_INTERVAL } from './coinbase.topics.ts';
import type { WireCandle, WireEvent, WireTicker, WireTrade } from './coinbase.wire.ts';

const STREAMED = new CandleInterval(STREAMED_INTERVAL);

/** Where the rows of one frame go: each topic is asked for once. */
export type StreamFinder<S extends Stream> = (product: string) => S | undefined;

/**
 * An event of `market_trades`, newest first: the latest hundred of a product with its subscription, and what is made from
 * then on.
 */
export function readTrades<S extends Stream>(event: WireEvent, find: StreamFinder<S>, sink: Sink<S>): void {
  const isSnapshot = isSnapshotOf(event);
  const recent = new Map<S, TradeRow[]>();
  const rows = list(event.trades, 'trades');
  for (let index = rows.length - 1; index >= 0; index--) {
    eachRow(sink, `trades[${index}]`, rows[index], find, (stream, entry, field) => {
      const row = readTrade(entry, field);
      if (!isSnapshot) return sink.trade(stream, row.exchangeTime, row.id, row.price, row.amount, row.side);
      const others = recent.get(stream);
      if (others) others.push(row);
      else recent.set(stream, [row]);
    });
  }
  for (const [stream, trades] of recent) sink.recentTrades(stream, trades);
}

export function readTrade(row: WireTrade, field: string): TradeRow {
  return {
    id: exactId(row.trade_id, `${field}.trade_id`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.size, `${field}.size`),
    side: takerSide(row.side, `${field}.side`),
    exchangeTime: time(row.time, `${field}.time`),
  };
}

/** An event of `ticker` or `ticker_batch`. The former tells the best prices of its moment: they are quotes, too. */
export function readTickers<S extends Stream>(
  event: WireEvent,
  sentAt: number | undefined,
  find: StreamFinder<S>,
  sink: Sink<S>,
): void {
  isSnapshotOf(event);
  for (const [index, entry] of list(event.tickers, 'tickers').entries())
    eachRow(sink, `tickers[${index}]`, entry, find, (stream, row, field) =>
      readTicker(row, field, sentAt, stream, sink),
    );
}

function readTicker<S extends Stream>(
  row: WireTicker,
  field: string,
  sentAt: number | undefined,
  stream: S,
  sink: Sink<S>,
): void {
  const product = text(row.product_id, `${field}.product_id`);
  const volume = optionalAmount(present(row.volume_24_h), `${field}.volume_24_h`);
  const last = price(row.price, `${field}.price`);
  const high = optionalPrice(present(row.high_24_h), `${field}.high_24_h`);
  const low = optionalPrice(present(row.low_24_h), `${field}.low_24_h`);
  const changePercent = optionalSignedDecimal(
    present(row.price_percent_chg_24_h),
    `${field}.price_percent_chg_24_h`,
  );
  const bid = optionalPrice(present(row.best_bid), `${field}.best_bid`);
  const ask = optionalPrice(present(row.best_ask), `${field}.best_ask`);
  const bidAmount = optionalAmount(present(row.best_bid_quantity), `${field}.best_bid_quantity`);
  const askAmount = optionalAmount(present(row.best_ask_quantity), `${field}.best_ask_quantity`);
  sink.ticker(stream, sentAt, {
    last,
    ...(high !== undefined && { high }),
    ...(low !== undefined && { low }),
    ...(changePercent !== undefined && { changePercent }),
    // Of futures it counts contracts.
    ...(volume !== undefined && isSpot(product) && { baseVolume: volume }),
    ...(bid !== undefined && { bid }),
    ...(bidAmount !== undefined && { bidAmount }),
    ...(ask !== undefined && { ask }),
    ...(askAmount !== undefined && { askAmount }),
  });
  if (bid !== undefined && bidAmount !== undefined && ask !== undefined && askAmount !== undefined)
    sink.quote(stream, sentAt, undefined, bid, bidAmount, ask, askAmount);
}

/** An event of `candles`, oldest first: a hundred with the subscription, and the running one again and again. */
export function readCandles<S extends Stream>(
  event: WireEvent,
  sentAt: number | undefined,
  find: StreamFinder<S>,
  sizes: ContractSizes,
  sink: Sink<S>,
): void {
  isSnapshotOf(event);
  for (const [index, entry] of list(event.candles, 'candles').entries())
    eachRow(sink, `candles[${index}]`, entry, find, (stream, row, field) => {
      const candle = readCandle(row, field, text((row as WireCandle).product_id, field), STREAMED, sizes);
      if (candle === undefined) sink.ignored('candle of a contract of unknown size');
      else sink.candle(stream, sentAt, candle);
    });
}

/**
 * No row says whether it is closed. Undefined for a future of which nobody knows how large a contract is: its volume counts
 * contracts.
 */
export function readCandle(
  row: WireCandle,
  field: string,
  product: string,
  interval: CandleInterval,
  sizes: ContractSizes,
): CandleRow | undefined {
  const openTime = exactInteger(row.start, `${field}.start`) * 1_000;
  const volume = amount(row.volume, `${field}.volume`);
  const size = isSpot(product) ? undefined : sizes.of(product);
  const candle = {
    interval: interval.text,
    openTime,
    closeTime: interval.end(openTime),
    open: price(row.open, `${field}.open`),
    high: price(row.high, `${field}.high`),
    low: price(row.low, `${field}.low`),
    close: price(row.close, `${field}.close`),
  };
  if (isSpot(product)) return { ...candle, baseVolume: volume };
  return size === undefined ? undefined : { ...candle, baseVolume: multiplyDecimals(volume, size) };
}

/** Whether an event begins anew; one that does not say so is none of ours. */
function isSnapshotOf({ type }: WireEvent): boolean {
  if (type === 'snapshot') return true;
  if (type !== 'update') throw new MalformedFieldError('type', '"snapshot" or "update"', type);
  return false;
}

/** Hands a row to a reader if somebody wants its product; a bad one is rejected, and the others count. */
function eachRow<S extends Stream>(
  sink: Sink<S>,
  field: string,
  entry: unknown,
  find: StreamFinder<S>,
  read: (stream: S, row: Readonly<Record<string, unknown>>, field: string) => void,
): void {
  let stream: S | undefined;
  try {
    const row = object(entry, field);
    stream = find(text(row.product_id, `${field}.product_id`));
    if (stream) read(stream, row, field);
    else sink.ignored('unsubscribed topic');
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) throw error;
    sink.rejected(stream, error.message);
  }
}
