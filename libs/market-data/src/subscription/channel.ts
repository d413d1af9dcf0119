import type { BookEvent, DataEvent } from '../event/event.ts';
import type { CandleEvent } from '../event/candle.ts';
import type { QuoteEvent } from '../event/quote.ts';
import type { TickerEvent } from '../event/ticker.ts';
import type { TradeEvent } from '../event/trade.ts';

/** Kinds of data, in the order in which listings show them. */
export const CHANNELS = ['trades', 'ticker', 'quotes', 'book', 'candles'] as const;

/** A kind of data that can be subscribed to. */
export type Channel = (typeof CHANNELS)[number];

/** The data events that each channel carries. */
export interface ChannelEvents {
  trades: TradeEvent;
  ticker: TickerEvent;
  quotes: QuoteEvent;
  book: BookEvent;
  candles: CandleEvent;
}

/** The channel that a data event belongs to. */
export const CHANNEL_OF_EVENT: Readonly<Record<DataEvent['type'], Channel>> = {
  trade: 'trades',
  ticker: 'ticker',
  quote: 'quotes',
  'book-snapshot': 'book',
  'book-update': 'book',
  candle: 'candles',
};

/** Whether the text names a channel. */
export function isChannel(text: string): text is Channel {
  return (CHANNELS as readonly string[]).includes(text);
}
