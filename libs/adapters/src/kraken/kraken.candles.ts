import { CandleInterval, type CandleAnchors } from '@exchange-stream/market-data';
import type { CandleRow } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, exactInteger, list, price } from '../decoder/fields.ts';
import { time } from './kraken.fields.ts';
import { intervalOf } from './kraken.topics.ts';
import type { WireCandle } from './kraken.wire.ts';

/** Where weeks begin; days do at midnight UTC, and candles of 15 days are counted from the epoch. */
export function anchorsOf(firstWeekday: number): CandleAnchors {
  return { firstWeekday };
}

/** Intervals by name and weekday: a handful. */
const intervals = new Map<string, CandleInterval>();

function candleInterval(name: string, firstWeekday: number): CandleInterval {
  const key = `${name} ${firstWeekday}`;
  const interval = intervals.get(key) ?? new CandleInterval(name, anchorsOf(firstWeekday));
  intervals.set(key, interval);
  return interval;
}

/** A row of `ohlc`. Whether it is closed it does not say: the next one does, by its `interval_begin`. */
export function readCandle(row: WireCandle, field: string, firstWeekday: number): CandleRow {
  const at = (name: string): string => `${field}.${name}`;
  const name = intervalOf(exactInteger(row.interval, at('interval')));
  if (name === undefined) throw new MalformedFieldError(at('interval'), 'minutes of a candle', row.interval);
  const openTime = time(row.interval_begin, at('interval_begin'));
  return {
    interval: name,
    openTime,
    closeTime: candleInterval(name, firstWeekday).end(openTime),
    open: price(row.open, at('open')),
    high: price(row.high, at('high')),
    low: price(row.low, at('low')),
    close: price(row.close, at('close')),
    baseVolume: amount(row.volume, at('volume')),
    ...(row.trades !== undefined && { tradeCount: exactInteger(row.trades, at('trades')) }),
  };
}

/** A row of REST: `[time in seconds, open, high, low, close, average, volume, trades]`. */
export function readCandleOfRest(
  entry: unknown,
  field: string,
  name: string,
  firstWeekday: number,
): CandleRow {
  const row = list(entry, field);
  const at = (column: number): string => `${field}[${column}]`;
  const openTime = exactInteger(row[0], at(0)) * 1_000;
  return {
    interval: name,
    openTime,
    closeTime: candleInterval(name, firstWeekday).end(openTime),
    open: price(row[1], at(1)),
    high: price(row[2], at(2)),
    low: price(row[3], at(3)),
    close: price(row[4], at(4)),
    baseVolume: amount(row[6], at(6)),
    tradeCount: exactInteger(row[7], at(7)),
  };
}
