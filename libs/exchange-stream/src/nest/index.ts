export {
  InjectAdapter,
  InjectConnectionManager,
  InjectExchangeStream,
} from './decorators/inject.decorators.ts';
export {
  HandlerQueue,
  OnBalance,
  OnBook,
  OnCandle,
  OnDerivatives,
  OnFill,
  OnLiquidation,
  OnOption,
  OnOrder,
  OnPlatformStatus,
  OnPosition,
  OnQuote,
  OnRaw,
  OnStatus,
  OnTicker,
  OnTrade,
  type AccountTarget,
  type BookTarget,
  type CandleTarget,
  type HandlerDecorator,
  type HandlerTarget,
  type PlatformStatusTarget,
  type RawTarget,
  type SeriesQueueOptions,
  type StatusTarget,
  type TradeTarget,
} from './decorators/handler.decorators.ts';
export { ExchangeStreamModule } from './exchange-stream.module.ts';
export type {
  ExchangeStreamAsyncResult,
  ExchangeStreamModuleAsyncOptions,
  ExchangeStreamModuleOptions,
  ExchangeStreamOptionsFactory,
} from './exchange-stream.options.ts';
export {
  ExchangeStreamRegistrar,
  HANDLER_CONTEXT_TYPE,
  InvalidHandlerError,
} from './exchange-stream.registrar.ts';
export { ExchangeStreamService } from './exchange-stream.service.ts';
export {
  DEFAULT_INSTANCE,
  getAdapterToken,
  getConnectionManagerToken,
  getExchangeStreamOptionsToken,
  getExchangeStreamToken,
} from './exchange-stream.tokens.ts';
export { ExchangeStreams, InstanceNameError, type RegisteredStream } from './exchange-streams.ts';
export { ExchangeStreamHealthMonitor, healthCheckName } from './health-monitor/health-monitor.ts';
