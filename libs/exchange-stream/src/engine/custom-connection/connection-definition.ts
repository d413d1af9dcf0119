import type {
  Heartbeat,
  Limit,
  MessageId,
  MessageIdKind,
  MessageLimit,
  RateLimit,
} from '../../contract/index.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import type { LastingConnection, MessageConnection } from '../requests/message-connection.ts';
import type { RequestReporter } from '../requests/request-report.ts';

/** A connection that a user adds to those of an exchange: where it goes, what is said on it, and who hears it. */
export interface ConnectionDefinition {
  /** Tells the definitions of one exchange apart. */
  readonly name: string;
  /**
   * Full WebSocket URL, or who knows it: asked anew before every dial, with a deadline, for exchanges that put a token
   * into it. Beyond its origin, such a URL is shown nowhere.
   */
  readonly url: string | (() => string | Promise<string>);
  /** What `ConnectionManager.connection` finds it by. Default its name. */
  readonly filter?: string | symbol;
  /**
   * Takes every frame as text, those of the login too. While a promise that it returned is open, frames wait for it, 10,000
   * at most; beyond, they are given up, which is told (`consumer-overflowed`). What it throws or rejects with is reported
   * and harms nobody, and so is a promise that stays open.
   */
  handler(frame: string, connection: DefinedConnectionHandle): unknown;
  /**
   * Logs in on a fresh socket, before anything else is said there; resolves when the exchange has accepted. An error with
   * `temporary: true` (`TemporaryLoginError`), and the deadline, are tried again after a wait; any other error is final:
   * this one socket closes, its topics stay wanted, and nothing is tried before the next `open` or `subscribe`. Of the
   * error only its name and its `code` are shown.
   */
  authenticate?(connection: LoginHandle): Promise<void>;
  /** The frames that ask for topics; once they have left, the topics count as subscribed. */
  subscriber?(topics: readonly string[], nextId: () => number | string): readonly string[];
  unsubscriber?(topics: readonly string[], nextId: () => number | string): readonly string[];
  /**
   * Topics to hold beside those that were subscribed, asked for whenever the connection has opened (its first one, where
   * it takes several): they replace those of the last time. When it fails, or takes too long, those stay.
   */
  defaultTopics?(): readonly string[] | Promise<readonly string[]>;
  /** Ids for messages: a kind (`integer`, `text`, `uuid-v7`), or a generator that never gives one twice. Default `integer`: 1, 2, 3 … */
  readonly nextId?: MessageIdKind | (() => MessageId);
  /**
   * The key of an answer, where the frame is one: mostly the id that it repeats. Without it, answers are known by what
   * stands in the frame (`when`) only. What it throws is reported and harms nobody.
   */
  keyOf?(frame: string): MessageId | undefined;
  /** Whether frames with a key for which nobody waits are reported (`frame-problem`). Default `false`. */
  readonly requireMatch?: boolean;
  /** How long answers are awaited where the request does not say. Default 10,000 ms. */
  readonly replyDeadlineMs?: number;
  /** Is told of every request of this connection, in place of the stream's own reporter. */
  readonly requestReporter?: RequestReporter;
  /** `false`: the connection stays open without any topic. Default `true`: it closes when its last one is gone. */
  readonly needsSubscriptions?: boolean;
  /** Opens it with the start of the stream. Default `false`: `open`, or a first topic, opens it. */
  readonly openAtStart?: boolean;
  /** Beyond, further connections are opened, and closed when they are empty. Default unlimited. */
  readonly topicsPerConnection?: Limit;
  /** Weighted messages per connection. Default 5 a second. */
  readonly messages?: RateLimit;
  /**
   * Limits that single kinds of messages have beside that, by the name under which they are sent (`send(frame, { limit })`):
   * `order.place`. Those per `address` are shared with every connection to the exchange that gives a kind the same name and
   * numbers.
   */
  readonly messagesOfKinds?: Readonly<Record<string, MessageLimit>>;
  /** Default 100. */
  readonly topicsPerMessage?: Limit;
  /** Default: a WebSocket ping every 20 s, with a sign of life expected within 60 s. */
  readonly heartbeat?: Heartbeat;
  /** Default that of the stream's tuning. */
  readonly maxFrameBytes?: number;
}

/** A fresh socket on which nothing has been said yet, for as long as the login takes. */
export interface LoginHandle extends MessageConnection {
  /** Hears every frame until the login is over. Returns a function that ends it. */
  onFrame(listener: (frame: string) => void): () => void;
  /** Aborted when the login is over: accepted, failed, too late, or its socket lost. */
  readonly signal: AbortSignal;
}

/** A user-defined connection, to talk through: messages go over the first of its connections that is open. */
export interface DefinedConnectionHandle extends LastingConnection {
  readonly name: string;
  readonly filter: string | symbol;
  /** The first of its connections; undefined while it is not open, nor about to be. */
  view(): ConnectionView | undefined;
  /** All of its connections: more than one where its topics do not fit on one. */
  views(): ConnectionView[];
  /** Holds topics from now on, over every reconnect; opens the connection where that is needed. */
  subscribe(topics: readonly string[]): void;
  unsubscribe(topics: readonly string[]): void;
  /** Hears every frame, beside the definition's own handler and at its own pace. Returns a function that ends it. */
  onFrame(listener: (frame: string) => unknown): () => void;
  /** Closes with the handshake, and forgets its topics. It may be opened again. */
  close(): Promise<void>;
}
