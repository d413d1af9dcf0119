/**
 * What a simulated exchange is built from: for twins of exchanges that this package does not simulate. Begin with
 * `SimulatedExchange`, and send everything through the links of a `FaultDirector`.
 */
export { serveExchange, type RunningExchange, type ServeOptions } from './serve-exchange.ts';
export { ShiftedClock } from './platform/shifted-clock.ts';
export { seededRandom } from './platform/seeded-random.ts';
export { SlidingWindow } from './sliding-window.ts';
export { ViolationLog } from './violation-log.ts';
export { FaultDirector } from './faults/fault-director.ts';
export { FaultyLink, type Numbering } from './faults/faulty-link.ts';
export type {
  Answer,
  AnswerableLogin,
  AnswerableRequest,
  ExchangeBooks,
  ExchangeNotices,
  FaultableConnection,
  FaultableExchange,
  FrozenBooks,
} from './faults/faultable-exchange.ts';
export { BookSide, type Side } from './market/book-side.ts';
export { Cadence } from './market/cadence.ts';
export type { Candle } from './market/candle.ts';
export { DepthDiffWindow, type DepthDiff } from './market/depth-diff.ts';
export { Pace } from './market/pace.ts';
export { Increment, type DecimalPlaces } from './market/increment.ts';
export { deliveryDate, quarterlyDeliveries } from './market/derivatives/delivery-calendar.ts';
export {
  deliveryTimeOf,
  type DatedContract,
  type OptionContract,
  type PerpetualContract,
  type SimulatedContract,
} from './market/derivatives/contract.ts';
export type { ContractMarket } from './market/derivatives/contract-market.ts';
export type { Funding, FundingPayment, FundingSchedule } from './market/derivatives/funding.ts';
export type { Liquidation } from './market/derivatives/liquidation.ts';
export type { OptionValue } from './market/derivatives/black-scholes.ts';
export { isInverse } from './market/instrument.ts';
export type { InstrumentFormat, InstrumentStatus, SimulatedInstrument } from './market/instrument.ts';
export type { InstrumentMarket, MarketListener } from './market/instrument-market.ts';
export type { BookChange, OrderBook } from './market/order-book.ts';
export type { RollingWindow } from './market/rolling-window.ts';
export { levelsText, SeededMarket, type SeededMarketParts } from './market/seeded-market.ts';
export type { AggregateTrade, Trade } from './market/tape.ts';
export { isCandleInterval, Timeframe } from './market/timeframe.ts';
