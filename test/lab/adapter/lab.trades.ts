import type { Side } from '@exchange-stream/market-data';
import type { Sink, Stream, TradeRow } from '@exchange-stream/nestjs/contract';
import { MalformedFieldError, amount, integer, object, price, text } from './lab.fields.ts';

/** A bad trade costs itself and not its neighbours. */
export function readTradeRows(rows: readonly unknown[], reject: (reason: string) => void): TradeRow[] {
  return rows.flatMap((row, index) => readRow(row, index, reject));
}

function readRow(row: unknown, index: number, reject: (reason: string) => void): readonly TradeRow[] {
  try {
    return [readTrade(row, `data[${index}]`)];
  } catch (error) {
    if (!(error instanceof MalformedFieldError)) throw error;
    reject(error.message);
    return [];
  }
}

/** Trades as they happen. */
export function tellTrades<S extends Stream>(rows: readonly unknown[], stream: S, sink: Sink<S>): void {
  for (const [index, row] of rows.entries())
    for (const { exchangeTime, id, price, amount, side } of readRow(row, index, (reason) =>
      sink.rejected(stream, reason),
    ))
      sink.trade(stream, exchangeTime, id, price, amount, side);
}

/** The latest trades, with which a subscription begins. */
export function tellRecentTrades<S extends Stream>(rows: readonly unknown[], stream: S, sink: Sink<S>): void {
  sink.recentTrades(
    stream,
    readTradeRows(rows, (reason) => sink.rejected(stream, reason)),
  );
}

function readTrade(value: unknown, field: string): TradeRow {
  const row = object(value, field);
  return {
    id: text(row.id, `${field}.id`),
    price: price(row.price, `${field}.price`),
    amount: amount(row.amount, `${field}.amount`),
    side: side(row.side, `${field}.side`),
    exchangeTime: integer(row.time, `${field}.time`),
  };
}

export function side(value: unknown, field: string): Side {
  if (value !== 'buy' && value !== 'sell') throw new MalformedFieldError(field, '"buy" or "sell"', value);
  return value;
}
