import type { TokenDeclaration } from './token.ts';

/** Which of an exchange's worlds to talk to. */
export type Environment = 'live' | 'testnet';

/** A number the exchange documents, and the one below it that we run at. */
export interface Limit {
  readonly documented: number;
  readonly safe: number;
}

/** At most so many (weighted) uses in any window of this length. */
export interface RateLimit extends Limit {
  readonly windowMs: number;
}

/** The limit of the requests of an address. */
export interface RequestLimit extends RateLimit {
  /**
   * Where the exchange counts the requests of several of our exchanges together: the name of what they share. Each of them
   * declares it with the same numbers.
   */
  readonly pool?: string;
}

/** A limit that only some uses have, which name it alike. */
export interface NamedRateLimit extends RateLimit {
  readonly name: string;
}

/** A limit that one kind of messages has beside that of all. */
export interface MessageLimit extends RateLimit {
  /**
   * Whose messages of the kind count together: those of one connection, of all connections of an account, or of all from
   * our address. Endpoints of an exchange that give a kind the same name and the same numbers count them together.
   */
  readonly per: 'connection' | 'account' | 'address';
}

/**
 * Who proves that a connection lives, and until when.
 * `exchange`: it pings us every `intervalMs` (we answer); silence of `deadlineMs` means that the connection is dead.
 * `client`: we ask for a sign of life every `intervalMs`, by `Session.ping` or else by a WebSocket ping, and expect any
 * frame within `deadlineMs`, which must exceed the interval.
 */
export interface Heartbeat {
  readonly sender: 'exchange' | 'client';
  readonly intervalMs: number;
  readonly deadlineMs: number;
}

/** A kind of socket that the exchange offers. */
export interface SocketEndpoint {
  readonly kind: 'public' | 'market' | 'private' | 'trading';
  /** Base URLs, preferred first: scheme, host, port. Users override these. */
  readonly baseUrls: Readonly<Record<Environment, readonly string[]>>;
  /** What stands behind the base URL, with leading slash. */
  readonly path: string;
  readonly limits: {
    readonly topicsPerConnection: Limit;
    /**
     * Characters of the names of all topics on one connection together, where the exchange bounds them. No topic counts for
     * less than its letters; what stands between names is for the safe number to leave room for.
     */
    readonly topicCharactersPerConnection?: Limit;
    readonly topicsPerMessage: Limit;
    /** Bytes of one client message, where the exchange bounds them. */
    readonly bytesPerMessage?: Limit;
    /** Weighted client messages per connection; pings and pongs count like any other. */
    readonly messages: RateLimit;
    /** Weighted client messages of all connections from one address together, where the exchange counts them so. */
    readonly messagesPerAddress?: RateLimit;
    /**
     * Limits that single kinds of messages have beside these, by a name that such messages bear (`ControlFrame.limit`, and
     * `limit` of what users send): `order.place`.
     */
    readonly ofKinds?: Readonly<Record<string, MessageLimit>>;
    /**
     * Connections to this endpoint from one address at the same time, where the exchange bounds them. Subscriptions open no
     * more than the safe number; fresh ones that take over from old ones are what the others are for.
     */
    readonly connectionsPerAddress?: Limit;
    /** Connection attempts per exchange and address; each of the windows holds. */
    readonly connects: readonly RateLimit[];
    /** Age in milliseconds at which the exchange closes a connection; at the safe one we have left for a fresh one. */
    readonly lifetimeMs?: Limit;
  };
  /**
   * Where the exchange counts dials and messages among REST requests: the limit that `RestDeclaration.requests` declares,
   * and what a dial and a message of weight 1 cost of it. 0: not counted there.
   */
  readonly countedAsRequests?: {
    readonly limit: RequestLimit;
    readonly connect: number;
    readonly message: number;
  };
  /**
   * How the exchange packs its frames. `permessage-deflate`: by the WebSocket extension, which is offered only then. The
   * others: in binary frames, which the engine unpacks, within the bound for frames, before the session sees them.
   */
  readonly compression?: 'permessage-deflate' | 'gzip' | 'deflate' | 'deflate-raw';
  /**
   * Bytes of the largest frame that may come here, unpacked, where that is more than users let a frame be
   * (`EngineTuning.maxFrameBytes`): as many are taken then.
   */
  readonly largestFrameBytes?: number;
  readonly heartbeat: Heartbeat;
  /**
   * The exchange numbers what it sends on a connection in one count, signs of life included where they bear a number
   * (`Sink.frameNumber`): a frame that is missing shows with the next one, whatever it was of.
   */
  readonly countsFrames?: boolean;
  /** The token that every socket here needs. */
  readonly token?: TokenDeclaration;
  /**
   * The shortest wait, in milliseconds, before a connection is dialled again that went while the exchange paused on it
   * (`Sink.paused`), and until one opens. Default: as at any time.
   */
  readonly pausedRedialMs?: number;
  /** How long a sent request may wait for its ack. */
  readonly ackDeadlineMs: number;
  /**
   * Close codes that mean something of their own here: the shortest wait before dialling again, by code. `isAboutAddress`:
   * the exchange has had enough of our address, so nobody dials it meanwhile, nor sends what it counts by address; without
   * a policy of the endpoint's own that is so of 1008.
   */
  readonly closePolicy?: Readonly<
    Record<number, { readonly minDelayMs: number; readonly isAboutAddress?: boolean }>
  >;
}
