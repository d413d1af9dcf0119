import type { RowTarget } from '../dispatch/row-target.ts';
import type { SubscriptionFailure } from '../subscription/subscription-state.ts';

/** Who wants a topic on a connection: is told how far it has come, and takes its rows. */
export interface TopicHolder {
  /** Key of the subscription that it is for. */
  readonly key: string;
  /** Which rows it wants of a topic that carries many instruments. */
  readonly nativeSymbol?: string | undefined;
  /** Where the topic's rows go. */
  readonly rows: RowTarget;
  /** Whether no data is to be expected: the market, or the exchange, has stopped. */
  readonly isHalted: boolean;
  /** Requests sent since the last ack. */
  attempts: number;
  /** It is asked for, or about to be. */
  subscribing(reason: string): void;
  /** The exchange has confirmed it. */
  acked(): void;
  /** The connection that carried it is gone; it is asked for again on the next. */
  lost(reason: string): void;
  /**
   * Frames of the connection are missing, and with them perhaps some of the topic. Returns whether it has to be asked for
   * again, as nothing else brings what holds now.
   */
  missed(reason: string): boolean;
  /** A frame of the connection, of whatever topic, could not be read. */
  unreadable(reason: string): void;
  /** The exchange pauses on the connection, and is asked for it again afterwards. */
  paused(reason: string): void;
  /** The pause is over. */
  resumed(reason: string): void;
  /** The exchange does not take it, or does not answer: the connection carries it no more. */
  gaveUp(failure: SubscriptionFailure, reason: string, temporary: boolean): void;
  /** The exchange takes no more topics on the connection that carried it: another one has to. */
  displaced(): void;
}
