import type { BalanceEvent } from './balance.ts';
import type {
  BookOrdersSnapshotEvent,
  BookOrdersUpdateEvent,
  BookSnapshotEvent,
  BookUpdateEvent,
} from './book.ts';
import type { CandleEvent } from './candle.ts';
import type { DerivativesEvent } from './derivatives.ts';
import type { FillEvent } from './fill.ts';
import type { LiquidationEvent } from './liquidation.ts';
import type { OptionEvent } from './option.ts';
import type { OrderEvent } from './order.ts';
import type { PlatformStatusEvent } from './platform-status.ts';
import type { PositionEvent } from './position.ts';
import type { QuoteEvent } from './quote.ts';
import type { RawEvent } from './raw.ts';
import type { StatusEvent } from './status.ts';
import type { TickerEvent } from './ticker.ts';
import type { TradeEvent } from './trade.ts';

/** A book, whole or changed: by price, or by order where that is subscribed to. */
export type BookEvent = BookSnapshotEvent | BookUpdateEvent | BookOrdersSnapshotEvent | BookOrdersUpdateEvent;

/** Values that stand until the next one of the same subscription replaces them. */
export type ValueEvent = TickerEvent | QuoteEvent | CandleEvent | DerivativesEvent | OptionEvent;

/** A state of an account, which replaces the one before of the same id. */
export type AccountStateEvent = OrderEvent | BalanceEvent | PositionEvent;

/** What only the owner of an account sees. */
export type PrivateEvent = AccountStateEvent | FillEvent;

/** Everything that carries data: of a market, or of an account. */
export type DataEvent =
  TradeEvent | ValueEvent | BookEvent | LiquidationEvent | PlatformStatusEvent | RawEvent | PrivateEvent;

/** Everything a consumer of a subscription receives, told apart by `type`. */
export type MarketEvent = DataEvent | StatusEvent;
