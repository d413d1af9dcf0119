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

/** What has become of everything received for a subscription. */
export interface SubscriptionCounters {
  /** Rows that the session handed over. */
  readonly received: number;
  /** Events built for consumers. */
  readonly delivered: number;
  /** Rows refused because they break the exchange's format. */
  readonly rejected: number;
  /** Rows that were duplicates, too old, or that nobody could use before the next snapshot. */
  readonly dropped: number;
  readonly gaps: number;
  /** Times that a book was built anew. */
  readonly snapshots: number;
  /** Times that the topic was silent on a living connection and was asked for again. */
  readonly resubscribes: number;
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
  /** Requests sent since the last ack. */
  readonly attempts: number;
  /** Handles that keep it alive. */
  readonly references: number;
  /** Id of the connection that carries it. */
  readonly connection?: string;
  readonly lastAckAt?: number;
  readonly lastEventAt?: number;
  readonly counters: SubscriptionCounters;
}
