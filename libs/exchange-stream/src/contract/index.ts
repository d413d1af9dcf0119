export type {
  AccountRow,
  AccountStateRow,
  BalanceRow,
  FillRow,
  OrderRow,
  PositionRow,
} from './account-rows.ts';
export type { ExchangeAdapter, ProtocolFacts } from './adapter.ts';
export type {
  BookChecksum,
  BookLink,
  BookRules,
  BookSeed,
  LevelsOnTheWire,
  LinkVerdict,
  LinkedBookRules,
  NumberedLink,
  OrdersBookRules,
  PriceBookRules,
  WholeBookRules,
  UpdateSorting,
} from './book.ts';
export type { CandleDeclaration, CandleRow } from './candle.ts';
export type {
  Cadence,
  ChannelDeclaration,
  ParamDeclaration,
  ParamValues,
  TopicDeclaration,
  TopicDescription,
} from './channel.ts';
export type { Poll, PolledRow } from './poll.ts';
export type {
  Environment,
  Heartbeat,
  Limit,
  MessageLimit,
  NamedRateLimit,
  RateLimit,
  RequestLimit,
  SocketEndpoint,
} from './endpoint.ts';
export type {
  DerivativesRow,
  LiquidationRow,
  OptionRow,
  PlatformStatusRow,
  TickerRow,
} from './market-rows.ts';
export type { MessageId, MessageIdKind, MessageIds, MessageIdSource } from './message-id.ts';
export type { AccountStateDeclaration, FillsDeclaration, PrivateChannels } from './private-channel.ts';
export type {
  AccountOperations,
  BookSeedQuery,
  CandlesQuery,
  FillsQuery,
  InstrumentsOperation,
  InstrumentsQuery,
  ListedSymbol,
  RestAnswer,
  RestDeclaration,
  RestOperation,
  RestRequest,
  SignedOperation,
  Signing,
  SigningRefusal,
} from './rest.ts';
export type {
  ControlFrame,
  Credentials,
  LoginMeans,
  NonceMeans,
  NonceUnit,
  Session,
  SessionContext,
} from './session.ts';
export type { Token, TokenDeclaration, TokenOperation, TokenQuery } from './token.ts';
export type { QuotePeriods, Refusal, Sink, Stream } from './sink.ts';
export type { TradeIds, TradeRow, TradeRules, TradesOperation, TradesQuery } from './trades.ts';
