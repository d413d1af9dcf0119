import { subscriptionKey, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { SubscriptionHandle } from './subscription-handle.ts';

/** What replacing one list of subscriptions by another comes down to. Canonical requests, each once. */
export interface SubscriptionDiff {
  readonly added: readonly SubscriptionRequest[];
  readonly kept: readonly SubscriptionRequest[];
  readonly released: readonly SubscriptionRequest[];
}

/** Who turns requests into subscriptions. */
export interface SubscriptionSource {
  canonical(request: SubscriptionRequest): SubscriptionRequest;
  subscribe(request: SubscriptionRequest): SubscriptionHandle;
}

/** The subscriptions that an instance keeps by itself, as a list that can be replaced by another. */
export class DefaultSubscriptions {
  private readonly handles = new Map<string, SubscriptionHandle>();
  /** The canonical key of every spelling in the present list. */
  private spellings = new Map<string, string>();

  constructor(private readonly source: SubscriptionSource) {}

  /**
   * Holds these and no others.
   * @throws SubscriptionRequestError before anything is changed
   */
  replace(requests: readonly SubscriptionRequest[]): SubscriptionDiff {
    const spellings = new Map<string, string>();
    const wanted = new Map<string, SubscriptionRequest>();
    for (const request of requests) {
      const canonical = this.canonical(request);
      const key = subscriptionKey(canonical);
      spellings.set(subscriptionKey(request), key);
      wanted.set(key, canonical);
    }

    const held = this.handles;
    const gone = [...held.values()].filter(({ key }) => !wanted.has(key));
    const added = [...wanted].filter(([key]) => !held.has(key)).map(([, request]) => request);
    const kept = [...wanted].filter(([key]) => held.has(key)).map(([, request]) => request);
    // The new before the old is released: a topic that both share stays on the wire.
    for (const request of added) {
      const handle = this.source.subscribe(request);
      held.set(handle.key, handle);
    }
    for (const handle of gone) {
      held.delete(handle.key);
      void handle.unsubscribe();
    }
    this.spellings = spellings;
    return { added, kept, released: gone.map(({ request }) => request) };
  }

  /**
   * What is held is not judged again: a symbol that was delisted since must not stand in the way of every later list that
   * still names it.
   */
  private canonical(request: SubscriptionRequest): SubscriptionRequest {
    const key = this.spellings.get(subscriptionKey(request));
    const held = key === undefined ? undefined : this.handles.get(key);
    return held?.request ?? this.source.canonical(request);
  }
}
