import type { PlatformStatusEvent } from '@exchange-stream/market-data';
import type { ConnectionState, ConnectionView } from '../connection/connection-state.ts';
import type { RotationOutcome } from '../connection/rotation/rotation.ts';
import type { AccountView } from '../credentials/login-state.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import type { SubscriptionDiff } from '../subscription/default-subscriptions.ts';
import type { SubscriptionState, SubscriptionView } from '../subscription/subscription-state.ts';

/**
 * A frame that the adapter does not know, a row that breaks the exchange's format, a frame that cannot be read at all, an
 * answer that nobody waits for.
 */
export type FrameProblemKind = 'unhandled' | 'rejected' | 'undecodable' | 'unmatched';

/**
 * Something that happened to the machinery, for logs, alarms and metrics. Views stand as they were at that moment; every
 * event names what it is of, so that one can act on it.
 */
export type LifecycleEvent =
  /** An exchange was disabled or enabled by the user. */
  | { readonly type: 'exchange'; readonly exchange: string; readonly change: 'enabled' | 'disabled' }
  /** A connection has changed its state. */
  | { readonly type: 'connection'; readonly connection: ConnectionView; readonly previous: ConnectionState }
  /** A login of an account has come further, or was rejected: how they all stand together. */
  | { readonly type: 'account'; readonly account: AccountView }
  /** The exchange is not to be talked to on a connection until it resumes, as it has said; or it has resumed. */
  | {
      readonly type: 'pause';
      readonly exchange: string;
      /** Id of the connection. */
      readonly connection: string;
      readonly change: 'paused' | 'resumed';
      /** In the exchange's own words. */
      readonly reason: string;
    }
  /** The exchange says something new about its platform; told where its channel `status` is subscribed. */
  | { readonly type: 'platform-status'; readonly exchange: string; readonly notice: PlatformStatusEvent }
  /** A subscription has changed its state, that of its data, or the reason for either. */
  | { readonly type: 'subscription'; readonly subscription: SubscriptionView }
  /** A connection was to be replaced by a fresh one before its end; `from` is closed unless the outcome is `incomplete`. */
  | {
      readonly type: 'rotation';
      readonly exchange: string;
      /** Id of the connection that was to be left. */
      readonly from: string;
      /** Id of the fresh one. */
      readonly to: string;
      readonly reason: string;
      readonly outcome: RotationOutcome;
      /** Subscriptions that went over without a break. */
      readonly seamless: number;
      readonly tookMs: number;
      /** What stood in the way of one that is `incomplete`, in words; it is tried again. */
      readonly obstacle?: string;
    }
  /** A subscription was to change its state in a way that there is not: an error of this library. It kept its state. */
  | {
      readonly type: 'illegal-transition';
      readonly exchange: string;
      readonly subscription: string;
      readonly from: SubscriptionState;
      readonly to: SubscriptionState;
      readonly reason: string;
    }
  /** The exchange's instruments are known, or known anew. */
  | { readonly type: 'instruments-loaded'; readonly exchange: string; readonly count: number }
  /** The exchange does not tell its instruments; what it told an earlier process is taken until it does. */
  | { readonly type: 'instruments-recalled'; readonly exchange: string; readonly count: number }
  /** They could not be loaded; it is tried again. */
  | {
      readonly type: 'instruments-failed';
      readonly exchange: string;
      readonly error: Error;
      readonly retryInMs: number;
    }
  /** The exchange lists other instruments than before, and with them the default subscriptions by templates have changed. */
  | { readonly type: 'defaults-changed'; readonly exchange: string; readonly diff: SubscriptionDiff }
  /** A book could not be had over REST; it is tried again. */
  | {
      readonly type: 'seed-failed';
      readonly exchange: string;
      readonly subscription: string;
      readonly error: Error;
    }
  /** The exchange sent what nobody can use: told at most once a minute, exchange and kind. */
  | {
      readonly type: 'frame-problem';
      readonly exchange: string;
      readonly connection: string;
      readonly problem: FrameProblemKind;
      /** What is wrong, with the beginning of the frame. */
      readonly detail: string;
      /** How many more of this kind came from the exchange since the last one that was told. */
      readonly suppressed: number;
    }
  /** Somebody who listens to the data has thrown, or returned a promise that was rejected; the others were served. */
  | {
      readonly type: 'consumer-failed';
      readonly exchange: string;
      readonly subscription: string;
      /** Name of the consumer that threw. */
      readonly consumer: string;
      readonly error: Error;
    }
  /**
   * The promise that a handler returned has been open for longer than `tuning.consumerDeadlineMs`, told once of each
   * promise: what comes for it waits, and is lost beyond its capacity; nobody else waits.
   */
  | {
      readonly type: 'consumer-overdue';
      readonly exchange: string;
      readonly subscription: string;
      /** Name of the consumer. */
      readonly consumer: string;
      /** How long its promise has been open. */
      readonly tookMs: number;
      /** Events that wait for it. */
      readonly waiting: number;
    }
  /** A consumer was too slow, and goes on: what it has lost it is told in band (`gap`), before what follows. */
  | {
      readonly type: 'consumer-overflowed';
      readonly exchange: string;
      readonly subscription: string;
      /** Name of the consumer; of the provider, where handlers share their queue. */
      readonly consumer: string;
      /** Events that were given up. */
      readonly lost: number;
    }
  /**
   * Somebody who listens to these events, to requests or to what goes over the sockets has thrown, or returned a promise
   * that was rejected; the others were told.
   */
  | {
      readonly type: 'listener-failed';
      /** Name of the lifecycle listener; `transport log`, `request reporter`. */
      readonly listener: string;
      readonly error: Error;
    }
  /**
   * The promise that such a listener returned has been open for longer than `tuning.consumerDeadlineMs`, told once of each
   * promise: what comes for it waits; nobody else does.
   */
  | {
      readonly type: 'listener-overdue';
      readonly listener: string;
      /** How long its promise has been open. */
      readonly tookMs: number;
      /** What waits for it. */
      readonly waiting: number;
    }
  /** Such a listener was too slow, and goes on: so much of what it was to be told was given up. */
  | { readonly type: 'listener-overflowed'; readonly listener: string; readonly lost: number }
  /** The scheduled check found what the event path had missed, and mended it: an error of this library. */
  | (Inconsistency & {
      readonly type: 'inconsistency';
      readonly exchange: string;
      /** What was done about it, in words. */
      readonly done: string;
    })
  /** Only in a loop, or for a listener that returns promises, in place of what it was too slow for. */
  | { readonly type: 'events-lost'; readonly lost: number };

export type LifecycleListener = (event: LifecycleEvent) => void;
