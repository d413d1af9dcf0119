export type { ExchangeAdapter } from './adapter.ts';
export type { BookLink, BookRules, BookSeed, LinkVerdict } from './book.ts';
export type { Cadence, ChannelDeclaration, ParamDeclaration, TopicDescription } from './channel.ts';
export type { Environment, Heartbeat, Limit, NamedRateLimit, RateLimit, SocketEndpoint } from './endpoint.ts';
export type { MessageId, MessageIdKind, MessageIds, MessageIdSource } from './message-id.ts';
export type { BookSeedQuery, CandlesQuery, RestDeclaration, RestOperation, RestRequest } from './rest.ts';
export type { ControlFrame, Credentials, LoginMeans, NonceUnit, Session, SessionContext } from './session.ts';
export type { Token, TokenDeclaration, TokenQuery } from './token.ts';
export type { CandleRow, Refusal, Sink, Stream, TickerRow } from './sink.ts';
