import type { Limit, RateLimit } from '@exchange-stream/nestjs/contract';

/** How requests are answered. */
export type LabAcks = 'request' | 'topic' | 'channel';
/** How the changes of a book follow one another. */
export type LabBooks = 'range' | 'previous' | 'stream' | 'chain' | 'none';
/** What there is of the bucket of a candle. */
export type LabCandles = 'flagged' | 'unflagged' | 'sparse';
/** Who asks for a sign of life, and in which words. */
export type LabHeartbeat = 'websocket' | 'text' | 'json' | 'test-request';
/** How frames of the exchange are packed. */
export type LabPacking = 'text' | 'binary' | 'gzip' | 'deflate' | 'deflate-raw' | 'permessage-deflate';

/** How places that want a login are entered. */
export type LabEntry = 'login' | 'nonce' | 'token' | 'listen';

/** What ids of messages are made of. */
export type LabIds = 'integer' | 'text' | 'uuid-v7';

/** What ids of trades are. */
export type LabTradeIds = 'count' | 'grow' | 'text';
/** How trades are told. */
export type LabTrades = 'plain' | 'recent' | 'twice';
/** What missed trades can be asked for by. */
export type LabTradeHistory = 'id' | 'time' | 'recent' | 'none';

/**
 * Where values and liquidations are had: from one topic for each symbol, or in parts, from topics of one symbol, topics of all
 * symbols together, and REST.
 */
export type LabValues = 'whole' | 'parts';

/** The documented number; how far below it we stay is ours unless said here. */
export type LabLimit = number | Limit;

/** The exchange's limits as its sheet names them. */
export interface LabLimits {
  readonly topicsPerConnection?: LabLimit;
  readonly topicsPerMessage?: LabLimit;
  readonly bytesPerMessage?: LabLimit;
  /** Of one connection in any second. */
  readonly messages?: LabLimit;
  /** Of one address in any ten seconds; not limited by default. */
  readonly messagesPerAddress?: LabLimit;
  /** Handshakes of one address. */
  readonly connects?: readonly RateLimit[];
  /** Age at which a connection is closed, in milliseconds; not limited by default. */
  readonly lifetimeMs?: LabLimit;
  /** REST weight of one address in any minute. */
  readonly requests?: LabLimit;
}

/** The dialect that a lab speaks; both sides have to be told the same. */
export interface LabOptions {
  readonly acks?: LabAcks;
  readonly books?: LabBooks;
  readonly heartbeat?: LabHeartbeat;
  readonly packing?: LabPacking;
  /** Default `login`. */
  readonly entry?: LabEntry;
  /** Default `integer`. */
  readonly ids?: LabIds;
  /** `book:` and `book10:` of one symbol cannot share a connection. */
  readonly exclusiveBooks?: boolean;
  /** Frames of whole books carry checksums. */
  readonly checksums?: boolean;
  /** Frames are numbered: the flag 1 is asked for on every connection. */
  readonly numbered?: boolean;
  /** Default `flagged`. */
  readonly candles?: LabCandles;
  /** Default `count`. */
  readonly tradeIds?: LabTradeIds;
  /** Default `plain`. */
  readonly trades?: LabTrades;
  /** Default `id`. */
  readonly tradeHistory?: LabTradeHistory;
  /** Default `whole`. */
  readonly values?: LabValues;
  readonly limits?: LabLimits;
}

/** What sessions need to know of the dialect. */
export interface LabDialect {
  readonly acks: LabAcks;
  readonly heartbeat: LabHeartbeat;
  readonly packing: LabPacking;
  readonly entry: LabEntry;
  readonly books: LabBooks;
  readonly numbered: boolean;
  readonly topicsPerMessage: number;
  readonly bytesPerMessage: number;
}

/**
 * A limit and the value we run at. Counts that only we change are used in full; what the network may bunch together,
 * messages and handshakes, keeps a distance.
 */
export function limit(documented: LabLimit, share: number): Limit {
  if (typeof documented !== 'number') return documented;
  return { documented, safe: Math.max(1, Math.floor(documented * share)) };
}
