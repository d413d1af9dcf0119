import type { MessageId } from './message-id.ts';
import type { Sink, Stream } from './sink.ts';

/** A message to the exchange and the answers that it calls for. */
export interface ControlFrame {
  readonly frame: string;
  /** What it costs in the message budgets. Default 1. */
  readonly weight?: number;
  /** The kind that it is, where its endpoint limits that one (`limits.ofKinds`). */
  readonly limit?: string;
  /** The replies to expect: the key that `Sink.reply` will name, and the topics each one decides on. */
  readonly replies: readonly { readonly key: string; readonly topics: readonly string[] }[];
}

/** Who we are at an exchange. Shown nowhere. */
export interface Credentials {
  readonly key: string;
  readonly secret: string;
  readonly passphrase?: string;
}

/**
 * What the nonces of a key are made of: each is larger than all before it, and never behind the time in this unit. The
 * exchange compares them, so the unit is that of its documentation.
 */
export type NonceUnit = 'milliseconds' | 'microseconds';

/** Where what is signed gets its nonces. */
export interface NonceMeans {
  /** The next nonce of the key, of the unit that the adapter declares; sockets and REST share them. */
  nextNonce(): number;
}

/** What a login may need beside the credentials. */
export type LoginMeans = NonceMeans;

/** What a session is told about the connection it serves. */
export interface SessionContext {
  /** Key of the endpoint in the adapter's declaration. */
  readonly endpoint: string;
  /** The URL as dialled, or as recorded. */
  readonly url: string;
  /** The token that was fetched for it, where the endpoint declares one. Shown nowhere. */
  readonly token?: string;
  /** Ids for requests, unique on this connection, of the kind that the adapter declares. */
  readonly nextId: () => MessageId;
}

/**
 * The protocol state of one connection, from its opening to its close. Frames go out as text that the engine sends
 * within the declared limits; frames come in one by one.
 */
export interface Session<S extends Stream = Stream> {
  /** Asks for topics, all in as few messages as the exchange takes. */
  subscribe(topics: readonly string[]): readonly ControlFrame[];
  unsubscribe(topics: readonly string[]): readonly ControlFrame[];
  /**
   * The message that logs in; its one reply decides. A session without this method needs no login.
   * @param nowMs milliseconds since the epoch, for signatures that carry a time
   */
  login?(credentials: Credentials, nowMs: number, means: LoginMeans): ControlFrame;
  /**
   * What has to be said on a fresh socket before anything is subscribed on it, after the login: flags that change what
   * frames look like. Each reply is awaited; without those that are refused for good, the connection goes on. What they
   * changed, the session learns from the replies.
   */
  introduce?(): readonly ControlFrame[];
  /** The frame that asks for a sign of life in the exchange's own words; without it, WebSocket pings are sent. */
  ping?(): string;
  /**
   * Reads one frame. Never throws on what the exchange may send: an unknown frame goes to `unhandled`, a row that breaks
   * the format to `rejected`; a frame that is not of the exchange's encoding at all may throw.
   */
  onFrame(frame: Buffer, binary: boolean, receivedAt: number, sink: Sink<S>): void;
}
