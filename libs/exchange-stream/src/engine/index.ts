export { capabilitiesOf } from './capabilities/capabilities-of.ts';
export type {
  BookCapability,
  Capabilities,
  ChannelCapability,
  EndpointCapability,
  ParamCapability,
  PrivateChannelCapability,
  RestOperationName,
} from './capabilities/capabilities.ts';
export { ConnectionManager } from './connection-manager.ts';
export type { ConnectionFailure, ConnectionState, ConnectionView } from './connection/connection-state.ts';
export type { EndpointView } from './connection/endpoint-connections.ts';
export {
  HandshakeError,
  type HandshakeAnswer,
  type HandshakeFailure,
  type HandshakeFailureKind,
} from './connection/handshake-error.ts';
export type { RotationOutcome } from './connection/rotation/rotation.ts';
export type {
  Socket,
  SocketFactory,
  SocketHandlers,
  SocketOptions,
  SocketOwner,
} from './connection/socket.ts';
export type { UndecodableFrame } from './connection/undecodable-frames.ts';
export {
  ACCOUNT_NAME_FORM,
  CredentialsProvider,
  DEFAULT_ACCOUNT,
  isAccountName,
  type CredentialsSource,
} from './credentials/credentials-source.ts';
export {
  LOGIN_STATES,
  type AccountView,
  type AuthenticatedUse,
  type LoginCounts,
  type LoginState,
} from './credentials/login-state.ts';
export { InProcessNonces, type NonceProvider, type NonceSource } from './credentials/nonce-source.ts';
export type {
  ConnectionDefinition,
  DefinedConnectionHandle,
  LoginHandle,
} from './custom-connection/connection-definition.ts';
export {
  ClosedError,
  ConnectionClosedError,
  InvalidOptionsError,
  SubscriptionRequestError,
  TemporaryLoginError,
} from './errors.ts';
export * from './health/index.ts';
export type {
  CloseCode,
  ConnectOutcome,
  ExchangeCounters,
  RequestCounts,
} from './lifecycle/exchange-counters.ts';
export { DURATION_BOUNDS_MS, type DurationCounts } from './lifecycle/duration-counts.ts';
export type { FrameProblemKind, LifecycleEvent, LifecycleListener } from './lifecycle/lifecycle-event.ts';
export {
  InProcessBudgets,
  type AddressBudgets,
  type AddressUse,
  type CountedUse,
  type BudgetProvider,
} from './limits/budget-provider.ts';
export { BudgetError } from './limits/admission.ts';
export { BUDGETS, type BudgetName, type BudgetView } from './limits/budget-view.ts';
export { LANES, type Budget, type BudgetUse, type Lane } from './limits/budget.ts';
export type { ConsumerCounts, ConsumerLosses } from './dispatch/consumer-counts.ts';
export {
  checkQueue,
  CONSUMER_POLICIES,
  mergeable,
  type ConsumerPolicy,
  type QueueOptions,
} from './dispatch/consumer-policy.ts';
export type { CandleHistory } from './candles/candle-history.ts';
export type { CandleSeriesHandle } from './candles/candle-series-handle.ts';
export type { CallbackView } from './dispatch/callback.ts';
export type { ConsumerView } from './dispatch/flow-consumers.ts';
export { ExchangeStream } from './exchange-stream.ts';
export {
  formatFilter,
  hasParams,
  matchesFilter,
  type SubscriptionFilter,
} from './subscription/subscription-filter.ts';
export { InstrumentCatalog } from './instruments/instrument-catalog.ts';
export { nearest } from './instruments/nearest.ts';
export type { EngineTuning, ExchangeSettings, ExchangeStreamOptions } from './options.ts';
export type { UpdateSortingSetting } from './integrity/update-sorting.ts';
export { createPlatform, type OwnedPlatform, type PlatformOverrides } from './platform/create-platform.ts';
export type { Platform } from './platform/platform.ts';
export * from './replay/index.ts';
export * from './requests/index.ts';
export { parseProxy, PROXY_FORMS, type Proxy } from './route/proxy-url.ts';
export {
  OversizeBodyError,
  type HttpRequest,
  type HttpResponse,
  type HttpTransport,
} from './rest/http-transport.ts';
export { RestError } from './rest/rest-error.ts';
export * from './instrument-store/index.ts';
export * from './subscription-store/index.ts';
export { channelsOf, unsupportedChannel } from './subscription/canonical-request.ts';
export type { LiveTimeView } from './subscription/live-time.ts';
export {
  checkTemplate,
  isTemplate,
  type DefaultSubscription,
  type SubscriptionTemplate,
  type SymbolFilter,
  type UncheckedTemplate,
} from './subscription/subscription-template.ts';
export type { SubscriptionDiff } from './subscription/default-subscriptions.ts';
export type {
  IterateOptions,
  ListenOptions,
  NameOption,
  SubscriptionEvent,
  SubscriptionHandle,
} from './subscription/subscription-handle.ts';
export type {
  SubscriptionCounters,
  PartView,
  SubscriptionFailure,
  SubscriptionState,
  SubscriptionView,
} from './subscription/subscription-state.ts';
export type { WideHandler } from './subscription/wide-listeners.ts';
export type { TransportEntry, TransportLog } from './transport-log/transport-log.ts';
