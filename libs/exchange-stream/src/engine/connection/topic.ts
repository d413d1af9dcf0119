import type { DataFlow } from '../dispatch/data-flow.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { WireStream } from './wire-stream.ts';

/**
 * How far a topic has come: to be asked for, asked for, confirmed; confirmed but to be given back and asked for again; to
 * be given back, being given back.
 */
export type TopicPhase = 'wanted' | 'requested' | 'confirmed' | 'renewed' | 'unwanted' | 'leaving';

/** A topic of one connection, and the subscriptions that it feeds. */
export class Topic implements WireStream {
  phase: TopicPhase = 'wanted';
  /** Whether the exchange has confirmed it, while it is `unwanted`. */
  wasConfirmed = false;
  attempts = 0;
  /** Was refused together with others, and is tried by itself. */
  alone = false;
  readonly subscriptions = new Set<Subscription>();
  flows: readonly DataFlow[] = [];

  constructor(readonly topic: string) {}

  add(subscription: Subscription): void {
    this.subscriptions.add(subscription);
    this.flows = [...this.subscriptions].map(({ flow }) => flow);
  }

  /** Returns whether it was there. */
  remove(subscription: Subscription): boolean {
    if (!this.subscriptions.delete(subscription)) return false;
    this.flows = [...this.subscriptions].map(({ flow }) => flow);
    return true;
  }
}
