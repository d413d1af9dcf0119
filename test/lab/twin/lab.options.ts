import type { Clock } from '@exchange-stream/market-data';

/** How requests are answered. */
export type AckDialect = 'request' | 'topic' | 'channel';
/** How the changes of a book link. */
export type BookDialect = 'range' | 'previous' | 'stream' | 'chain' | 'none';
/** What there is of the bucket of a candle. */
export type CandleDialect = 'flagged' | 'unflagged' | 'sparse';
/** Who asks whom for a sign of life, and how. */
export type HeartbeatDialect = 'websocket' | 'text' | 'json' | 'test-request';
/** How frames to the client are packed. */
export type PackingDialect = 'text' | 'binary' | 'gzip' | 'deflate' | 'deflate-raw' | 'permessage-deflate';

/** How the places that want a login are entered. */
export type EntryDialect = 'login' | 'nonce' | 'token' | 'listen';

/** What ids of messages are. */
export type IdDialect = 'integer' | 'text';

/** What ids of trades are. */
export type TradeIdDialect = 'count' | 'grow' | 'text';
/** How trades are told. */
export type TradeDialect = 'plain' | 'recent' | 'twice';
/** What trades can be asked for by. */
export type TradeHistoryDialect = 'id' | 'time' | 'recent' | 'none';

/** At most so many in any window of this length. */
export interface WindowLimit {
  readonly count: number;
  readonly windowMs: number;
}

/** What the twin judges; the sheet tells what happens beyond each. */
export interface LabLimits {
  /** Default 100. */
  readonly topicsPerConnection: number;
  /** Default 20. */
  readonly topicsPerMessage: number;
  /** Default 4096. */
  readonly bytesPerMessage: number;
  /** Messages of one connection in any second. Default 5. */
  readonly messages: number;
  /** Messages of all connections of one address in any 10 s. Default not limited. */
  readonly messagesPerAddress: number;
  /** Handshakes of one address; each window holds. Default 20 in 60 s and 5 in 15 s. */
  readonly connects: readonly WindowLimit[];
  /** Default not limited. */
  readonly lifetimeMs: number;
  /** Weight of the REST requests of one address in any 60 s. Default 600. */
  readonly requests: number;
}

export interface LabDialects {
  readonly acks: AckDialect;
  readonly books: BookDialect;
  /** Whether the frames of `book:` carry checksums. */
  readonly checksums: boolean;
  readonly candles: CandleDialect;
  readonly heartbeat: HeartbeatDialect;
  readonly packing: PackingDialect;
  readonly ids: IdDialect;
  readonly tradeIds: TradeIdDialect;
  readonly trades: TradeDialect;
  readonly tradeHistory: TradeHistoryDialect;
  readonly entry: EntryDialect;
  readonly unknownTopics: 'refused' | 'silent';
  readonly exclusiveBooks: boolean;
}

/** Which lab it is. Everything has a default. */
export interface LabOptions extends Partial<LabDialects> {
  readonly clock: Clock;
  /** Same seed and same clock, same frames. Default 1. */
  readonly seed?: number;
  readonly limits?: Partial<LabLimits>;
  /** How far the time of a login may be from the exchange's. Default: as far as it likes. */
  readonly timeWindowMs?: number;
  /** How long a token holds. Default 60 000. */
  readonly tokenLifetimeMs?: number;
  /** A cap on the topics of one connection that nobody documents: beyond it error 2, and no violation. */
  readonly hiddenTopicsPerConnection?: number;
  /** Which symbols are listed: names such as `BTC-USDT`, or how many of `S0001-USDT` and so on. Default three names. */
  readonly symbols?: readonly string[] | number;
  /** Multiplies orders and quotes a second. Default 1, and 0.02 with a number of symbols. */
  readonly activity?: number;
  /** Mean time between two steps of one symbol, in milliseconds. Default 100, and 5000 with a number of symbols. */
  readonly stepMs?: number;
  /** Levels on each side of a book. Default 50, and 15 with a number of symbols. */
  readonly depthLevels?: number;
}

export const DEFAULT_DIALECTS: LabDialects = {
  acks: 'request',
  books: 'range',
  checksums: false,
  candles: 'flagged',
  heartbeat: 'websocket',
  packing: 'text',
  ids: 'integer',
  tradeIds: 'count',
  trades: 'plain',
  tradeHistory: 'id',
  entry: 'login',
  unknownTopics: 'refused',
  exclusiveBooks: false,
};

export const DEFAULT_LIMITS: LabLimits = {
  topicsPerConnection: 100,
  topicsPerMessage: 20,
  bytesPerMessage: 4096,
  messages: 5,
  messagesPerAddress: Infinity,
  connects: [
    { count: 20, windowMs: 60_000 },
    { count: 5, windowMs: 15_000 },
  ],
  lifetimeMs: Infinity,
  requests: 600,
};
