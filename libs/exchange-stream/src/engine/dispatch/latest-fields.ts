import type { Channel, DerivativesEvent, OptionEvent, TickerEvent } from '@exchange-stream/market-data';
import type { DerivativesRow, OptionRow, TickerRow } from '../../contract/index.ts';

/** Rows that need not say everything, by the channel that they are of. */
export interface FieldRows {
  ticker: Partial<TickerRow>;
  derivatives: DerivativesRow;
  options: OptionRow;
}

/** Channels whose events are put together of rows that need not say everything. */
export type FieldChannel = keyof FieldRows;

/** Whether the events of a channel are put together of such rows. */
export function isFieldChannel(channel: Channel): channel is FieldChannel {
  return channel === 'ticker' || channel === 'derivatives' || channel === 'options';
}

/** What is made of such rows. */
export type FieldEvent = TickerEvent | DerivativesEvent | OptionEvent;

/** What is known after a row: its own fields, and those before it which it does not name. */
export function withFields<Row extends object>(known: Row | undefined, row: Row): Row {
  if (!known) return row;
  const all = { ...known, ...row };
  for (const name in row) if (row[name] === undefined) all[name] = known[name];
  return all;
}
