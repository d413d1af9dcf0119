export type { Clock, Timer } from './time/clock.ts';
export { SystemClock } from './time/system-clock.ts';
export { VirtualClock } from './time/virtual-clock.ts';
export type { Random } from './random/random.ts';
export {
  InvalidDecimalError,
  addDecimals,
  compareDecimals,
  isDecimal,
  isZeroDecimal,
  multiplyDecimals,
  toPlainDecimal,
} from './decimal/decimal.ts';
export type { AccountOrigin, EventOrigin, ExchangeSequence } from './event/origin.ts';
export type { Side, TradeEvent } from './event/trade.ts';
export type { TickerEvent } from './event/ticker.ts';
export type { QuoteEvent } from './event/quote.ts';
export type { RawEvent } from './event/raw.ts';
export type {
  BookLevel,
  BookOrder,
  BookOrdersSnapshotEvent,
  BookOrdersUpdateEvent,
  BookSnapshotEvent,
  BookUpdateEvent,
  QueueRule,
} from './event/book.ts';
export type { CandleEvent, CandleSource } from './event/candle.ts';
export {
  candleOfTrade,
  flatCandle,
  haveSameNumbers,
  joinCandles,
  type Candle,
  type CandleNumbers,
} from './candle/candle.ts';
export {
  CandleInterval,
  InvalidIntervalError,
  isCandleInterval,
  type CandleAnchors,
} from './candle/candle-interval.ts';
export { CandleSeries, type CandleRange } from './candle/candle-series.ts';
export type { DerivativesEvent } from './event/derivatives.ts';
export type { LiquidationEvent } from './event/liquidation.ts';
export type { OptionEvent } from './event/option.ts';
export type { PlatformState, PlatformStatusEvent } from './event/platform-status.ts';
export type { OrderEvent, OrderStatus } from './event/order.ts';
export type { FillEvent } from './event/fill.ts';
export type { BalanceEvent } from './event/balance.ts';
export type { PositionEvent } from './event/position.ts';
export type { DataState, LostRange, StatusEvent } from './event/status.ts';
export type {
  AccountStateEvent,
  BookEvent,
  DataEvent,
  MarketEvent,
  PrivateEvent,
  ValueEvent,
} from './event/event.ts';
export {
  INSTRUMENT_KINDS,
  type Instrument,
  type InstrumentKind,
  type InstrumentStatus,
} from './instrument/instrument.ts';
export {
  InvalidSymbolError,
  formatSymbol,
  isSymbol,
  parseSymbol,
  type ParsedSymbol,
} from './instrument/symbol.ts';
export { CHANNEL_OF_EVENT, type ChannelEvents } from './event/channel-events.ts';
export {
  CHANNELS,
  PRIVATE_CHANNELS,
  PUBLIC_CHANNELS,
  TYPED_CHANNELS,
  hasNoSymbol,
  isChannel,
  isPrivateChannel,
  isPublicChannel,
  type Channel,
  type PrivateChannel,
  type PublicChannel,
  type SymbollessChannel,
  type TypedChannel,
} from './subscription/channel.ts';
export {
  formatSubscription,
  subscriptionKey,
  type AccountRequest,
  type AnyRequest,
  type ParamValue,
  type StatusRequest,
  type SubscriptionParams,
  type SubscriptionRequest,
} from './subscription/subscription.ts';
export type { BookReader } from './order-book/book-reader.ts';
export { MarketByOrderBook } from './order-book/market-by-order-book.ts';
export { OrderBook } from './order-book/order-book.ts';
export type { SideReader } from './order-book/side-reader.ts';
export type { TradeCost, TradeSize } from './order-book/trade-cost.ts';
