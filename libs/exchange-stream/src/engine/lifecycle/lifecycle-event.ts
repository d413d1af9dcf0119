import type { ConnectionState, ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionState, SubscriptionView } from '../subscription/subscription-state.ts';

/** A frame that the adapter does not know, a row that breaks the exchange's format, a frame that cannot be read at all. */
export type FrameProblemKind = 'unhandled' | 'rejected' | 'undecodable';

/** Something that happened to the machinery, for logs and metrics. */
export type LifecycleEvent =
  | { readonly type: 'connection'; readonly connection: ConnectionView; readonly previous: ConnectionState }
  | { readonly type: 'subscription'; readonly subscription: SubscriptionView }
  /** A subscription was to change its state in a way that there is not: an error of this library. It kept its state. */
  | {
      readonly type: 'illegal-transition';
      readonly exchange: string;
      readonly subscription: string;
      readonly from: SubscriptionState;
      readonly to: SubscriptionState;
      readonly reason: string;
    }
  | { readonly type: 'instruments-loaded'; readonly exchange: string; readonly count: number }
  | {
      readonly type: 'instruments-failed';
      readonly exchange: string;
      readonly error: Error;
      readonly retryInMs: number;
    }
  | {
      readonly type: 'seed-failed';
      readonly exchange: string;
      readonly subscription: string;
      readonly error: Error;
    }
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
  | {
      readonly type: 'consumer-failed';
      readonly exchange: string;
      readonly subscription: string;
      /** Name of the consumer that threw. */
      readonly consumer: string;
      readonly error: Error;
    }
  | {
      readonly type: 'listener-failed';
      /** Name of the lifecycle listener that threw. */
      readonly listener: string;
      readonly error: Error;
    };

export type LifecycleListener = (event: LifecycleEvent) => void;
