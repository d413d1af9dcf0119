export { startSimulator, type RunningSimulator, type SimulatorOptions } from './simulator.ts';
export {
  createSimulatedExchange,
  SIMULATED_EXCHANGES,
  UnknownExchangeError,
  type SimulatedExchangeId,
} from './registry.ts';
export { BitfinexExchange, type BitfinexOptions } from './bitfinex/bitfinex.exchange.ts';
export { binanceFutures } from './binance-futures/futures.segment.ts';
export { KrakenExchange, type KrakenOptions, type KrakenSystem } from './kraken/kraken.exchange.ts';
export { coinbase, type CoinbaseOptions } from './coinbase/coinbase.segment.ts';
export type {
  ConnectionHandler,
  HandshakeRefusal,
  HandshakeRequest,
  PeerConnection,
  PlannedMaintenance,
  ProtocolViolation,
  RestRequest,
  RestResponse,
  SimulatedConnection,
  SimulatedExchange,
  SimulatedExchangeEnvironment,
  ViolationRule,
} from './simulated-exchange.ts';
export {
  UnknownSymbolError,
  type Market,
  type MarketBook,
  type MarketCandle,
  type MarketDerivatives,
  type MarketLiquidation,
  type MarketOptions,
  type MarketTrade,
  type PriceLevel,
} from './market/market.ts';
export type { CandleInterval } from './market/timeframe.ts';
export { SimulatorPortError } from './platform/exchange-server.ts';
export {
  createMemoryTransport,
  type MemoryTransport,
  type MemoryTransportOptions,
} from './memory/memory-transport.ts';
export { MemoryOversizeError } from './memory/memory-oversize-error.ts';
export { MemoryHandshakeError, type MemoryHandshakeFailure } from './memory/memory-handshake-error.ts';
export type {
  MemoryHttpRequest,
  MemoryHttpResponse,
  MemoryHttpTransport,
  MemorySocket,
  MemorySocketFactory,
  MemorySocketHandlers,
  MemorySocketOptions,
} from './memory/transport-ports.ts';
export {
  FaultyNetwork,
  InvalidToxicError,
  startFaultyNetwork,
  type FaultyNetworkOptions,
} from './faults/tcp/faulty-network.ts';
export type {
  Bandwidth,
  Direction,
  Latency,
  LimitData,
  Reset,
  Slicer,
  SlowClose,
  Timeout,
  Toxic,
} from './faults/tcp/toxic.ts';
export type {
  ExchangeFaults,
  FaultRecord,
  FaultTrigger,
  InjectedFault,
  ScriptedFault,
} from './faults/exchange-faults.ts';
export { InvalidFaultError } from './faults/fault-rules.ts';
export {
  FAULT_TYPES,
  type BookError,
  type BookFault,
  type Fault,
  type FrameCorruption,
  type FrameFault,
  type HandshakeFault,
  type LoginFault,
  type MomentaryFault,
  type NoticeFault,
  type RequestFault,
  type RestFault,
} from './faults/fault.ts';
export { randomFaults, type RandomFaultsOptions, type TimedFault } from './faults/random-faults.ts';
