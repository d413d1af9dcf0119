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

/**
 * Who proves that a connection lives, and until when.
 * `exchange`: it pings us every `intervalMs` (we answer); silence of `deadlineMs` means that the connection is dead.
 * `client`: we send a WebSocket ping every `intervalMs` and expect any frame within `deadlineMs`.
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
    readonly topicsPerMessage: Limit;
    /** Client messages per connection. */
    readonly messages: RateLimit;
    /** Connection attempts per exchange and address. */
    readonly connects: RateLimit;
  };
  readonly heartbeat: Heartbeat;
  /** How long a sent request may wait for its ack. */
  readonly ackDeadlineMs: number;
  /** Close codes that mean something of their own here: the shortest wait before dialling again, by code. */
  readonly closePolicy?: Readonly<Record<number, { readonly minDelayMs: number }>>;
}
