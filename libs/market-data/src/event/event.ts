import type { BookSnapshotEvent, BookUpdateEvent } from './book.ts';
import type { CandleEvent } from './candle.ts';
import type { QuoteEvent } from './quote.ts';
import type { RawEvent } from './raw.ts';
import type { StatusEvent } from './status.ts';
import type { TickerEvent } from './ticker.ts';
import type { TradeEvent } from './trade.ts';

/** A book, whole or changed. */
export type BookEvent = BookSnapshotEvent | BookUpdateEvent;

/** Everything that carries market data. */
export type DataEvent = TradeEvent | TickerEvent | QuoteEvent | BookEvent | CandleEvent | RawEvent;

/** Everything a consumer of a subscription receives, told apart by `type`. */
export type MarketEvent = DataEvent | StatusEvent;
