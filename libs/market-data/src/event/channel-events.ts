import type { BalanceEvent } from './balance.ts';
import type { CandleEvent } from './candle.ts';
import type { DerivativesEvent } from './derivatives.ts';
import type { BookEvent, DataEvent } from './event.ts';
import type { FillEvent } from './fill.ts';
import type { LiquidationEvent } from './liquidation.ts';
import type { OptionEvent } from './option.ts';
import type { OrderEvent } from './order.ts';
import type { PlatformStatusEvent } from './platform-status.ts';
import type { PositionEvent } from './position.ts';
import type { QuoteEvent } from './quote.ts';
import type { RawEvent } from './raw.ts';
import type { TickerEvent } from './ticker.ts';
import type { TradeEvent } from './trade.ts';
import type { Channel } from '../subscription/channel.ts';

/** The data events that each channel carries. */
export interface ChannelEvents {
  trades: TradeEvent;
  ticker: TickerEvent;
  quotes: QuoteEvent;
  book: BookEvent;
  candles: CandleEvent;
  derivatives: DerivativesEvent;
  liquidations: LiquidationEvent;
  options: OptionEvent;
  status: PlatformStatusEvent;
  raw: RawEvent;
  orders: OrderEvent;
  fills: FillEvent;
  balances: BalanceEvent;
  positions: PositionEvent;
}

/** The channel that a data event belongs to. */
export const CHANNEL_OF_EVENT: Readonly<Record<DataEvent['type'], Channel>> = {
  trade: 'trades',
  ticker: 'ticker',
  quote: 'quotes',
  'book-snapshot': 'book',
  'book-update': 'book',
  'book-orders-snapshot': 'book',
  'book-orders-update': 'book',
  candle: 'candles',
  derivatives: 'derivatives',
  liquidation: 'liquidations',
  option: 'options',
  'platform-status': 'status',
  raw: 'raw',
  order: 'orders',
  fill: 'fills',
  balance: 'balances',
  position: 'positions',
};
