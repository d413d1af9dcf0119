import type { Channel, DataState, SubscriptionParams } from '@exchange-stream/market-data';
import type { LiveTimeView } from './live-time.ts';

/**
 * Where a subscription stands at the exchange; `subscription-transitions.ts` says what may follow what.
 * - `inactive`: not yet asked for, as the instruments of the exchange are still unknown; or its exchange is disabled.
 * - `subscribing`: asked for, or about to be; never confirmed yet.
 * - `subscribed`: confirmed.
 * - `resubscribing`: the same as `subscribing`, after it has been confirmed before.
 * - `unsubscribing`: nobody wants it, and the exchange has not confirmed that yet. Kept for handles that follow their
 *   release; nothing enters it today.
 * - `unsubscribed`: it has ended, for good.
 * - `failed`: given up; another holder's request tries again.
 */
export type SubscriptionState =
  'inactive' | 'subscribing' | 'subscribed' | 'resubscribing' | 'unsubscribing' | 'unsubscribed' | 'failed';

/** Why a subscription failed, for programs. `auth`: its endpoint wants a login that is refused, or that cannot be made. */
export type SubscriptionFailure = 'unknown-symbol' | 'rejected' | 'ack-timeout' | 'auth';

/**
 * What has become of everything received for a subscription: `received` is always the sum of `delivered`, `conflated`,
 * `dropped`, `rejected`, `lost` and `waiting`. How it goes on from there, `ConsumerView` shows for each consumer.
 */
export interface SubscriptionCounters {
  /** Rows that the session handed over, and whole books from REST. */
  readonly received: number;
  /** Rows of which events were built for consumers, one of each. */
  readonly delivered: number;
  /** Updates of a book that were delivered within a whole one: they had waited for it. */
  readonly conflated: number;
  /** Rows refused because they break the exchange's format. */
  readonly rejected: number;
  /** Rows that said nothing new: duplicates, and what was too old. */
  readonly dropped: number;
  /** Rows of a book given up for the next whole one; a status (`gap`, `stale`, `halted`) has told consumers so. */
  readonly lost: number;
  /** Updates of a book that wait for a whole one. */
  readonly waiting: number;
  readonly gaps: number;
  /** Times that a book was built anew. */
  readonly snapshots: number;
  /** Times that the topic was silent on a living connection and was asked for again. */
  readonly resubscribes: number;
}

/** A topic that feeds a subscription beside others. */
export interface PartView {
  /** Key of the endpoint that serves it. */
  readonly endpoint: string;
  readonly topic: string;
  readonly state: SubscriptionState;
  readonly reason: string;
  /** Set when `state` is `failed`. */
  readonly failure?: SubscriptionFailure;
  readonly connection?: string;
}

/** A subscription as it stands. All times are milliseconds since the epoch. */
export interface SubscriptionView extends LiveTimeView {
  readonly key: string;
  readonly exchange: string;
  readonly channel: Channel;
  readonly symbol: string;
  readonly params: SubscriptionParams;
  /** Known once the exchange's instruments are. */
  readonly nativeSymbol?: string;
  /** Of the instrument, where the exchange has categories. */
  readonly category?: string;
  /** Key of the endpoint that serves it, known with the topic. */
  readonly endpoint?: string;
  /** The exchange's wire name, known once its instruments are. */
  readonly topic?: string;
  readonly state: SubscriptionState;
  readonly stateSince: number;
  /** Set when `state` is `failed`. */
  readonly failure?: SubscriptionFailure;
  readonly data: DataState;
  readonly dataSince: number;
  /** Why it is in these states, in words. */
  readonly reason: string;
  /** Of the channel `status`: what goes on at the exchange now, the beginning of its words. */
  readonly notice?: string;
  /** Requests sent since the last ack. */
  readonly attempts: number;
  /** Handles that keep it alive. */
  readonly references: number;
  /** Id of the connection that carries it. */
  readonly connection?: string;
  /** Where several topics feed it: each of them. `endpoint`, `topic` and `connection` are the first one's. */
  readonly parts?: readonly PartView[];
  readonly lastAckAt?: number;
  readonly lastEventAt?: number;
  readonly counters: SubscriptionCounters;
}
