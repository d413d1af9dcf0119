import type { Heartbeat, Limit, RateLimit } from '../../contract/index.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import type { Lane } from '../limits/budget.ts';

/** A connection that a user adds to those of an exchange: where it goes, what is said on it, and who hears it. */
export interface ConnectionDefinition {
  /** Tells the definitions of one exchange apart. */
  readonly name: string;
  /** Full WebSocket URL. */
  readonly url: string;
  /** What `ConnectionManager.connection` finds it by. Default its name. */
  readonly filter?: string | symbol;
  /** Takes every frame as text. What it throws is reported and harms nobody. */
  handler(frame: string, connection: DefinedConnectionHandle): void;
  /** The frames that ask for topics; once they have left, the topics count as subscribed. */
  subscriber?(topics: readonly string[], nextId: () => number | string): readonly string[];
  unsubscriber?(topics: readonly string[], nextId: () => number | string): readonly string[];
  /** Topics to hold whenever the connection has opened. */
  defaultTopics?(): readonly string[] | Promise<readonly string[]>;
  /** Ids for messages. Default 1, 2, 3 … */
  nextId?(): number | string;
  /** `false`: the connection stays open without any topic. Default `true`: it closes when its last one is gone. */
  readonly needsSubscriptions?: boolean;
  /** Weighted messages per connection. Default 5 a second. */
  readonly messages?: RateLimit;
  /** Default 100. */
  readonly topicsPerMessage?: Limit;
  /** Default: a WebSocket ping every 20 s, with a sign of life expected within 60 s. */
  readonly heartbeat?: Heartbeat;
  /** Default that of the stream's tuning. */
  readonly maxFrameBytes?: number;
}

export interface SendOptions {
  /** What the message costs in the limit. Default 1. */
  readonly weight?: number;
  /** Who goes first where several wait. Default `other`. */
  readonly lane?: Lane;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

/** A user-defined connection, to talk through. */
export interface DefinedConnectionHandle {
  readonly name: string;
  readonly filter: string | symbol;
  /** Undefined while it is not open, nor about to be. */
  view(): ConnectionView | undefined;
  /** The next message id. */
  nextId(): number | string;
  /**
   * Resolves when the frame has left, within the limits. Rejects with `ConnectionClosedError` when the connection is not
   * open or closes before, and with the signal's reason when it is aborted.
   */
  send(frame: string, options?: SendOptions): Promise<void>;
  /** Holds topics from now on, over every reconnect; opens the connection where that is needed. */
  subscribe(topics: readonly string[]): void;
  unsubscribe(topics: readonly string[]): void;
  /** Hears every frame, after the definition's own handler. Returns a function that ends it. */
  onFrame(listener: (frame: string) => void): () => void;
  /** Closes with the handshake, and forgets its topics. It may be opened again. */
  close(): Promise<void>;
}
