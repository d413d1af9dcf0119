import type { MessageId, Refusal } from '../../contract/index.ts';

/** One answer of the exchange to a request. */
export interface Reply {
  /** The frame as it came. */
  readonly frame: string;
  /** Which of the request's matches it is for, from 0. */
  readonly match: number;
  /** Why the exchange refused; absent where it did not, and where nobody reads its answers but the user. */
  readonly refusal?: Refusal;
}

interface AnyMatch {
  /**
   * Where the answers come, if elsewhere than on the connection that asks: the id of an open connection, or
   * `exchange/endpoint` for the first open one there. An order that goes out on one connection is told of on another.
   */
  readonly on?: string;
  /** Answers to wait for. Default 1; with `isLast`, at most so many, default 1,000. */
  readonly count?: number;
  /** Ends the wait before `count` is reached: was this the last answer? `replies` are those of the request, this one included. */
  readonly isLast?: (reply: Reply, replies: readonly Reply[]) => boolean;
}

/** Answers by the key that they carry: the id of the request, or any other that the connection reads off its frames. */
export interface KeyMatch extends AnyMatch {
  readonly key: MessageId;
}

/** Answers by what stands in the frame. While somebody waits so, every frame of the connection is read for him. */
export interface FrameMatch extends AnyMatch {
  /** `replies` are those that the request has had so far: an order's event is told by the id that its ack has given. */
  readonly when: (frame: string, replies: readonly Reply[]) => boolean;
}

/** How the answers to a request are known among the frames of a connection. */
export type Match = KeyMatch | FrameMatch;
