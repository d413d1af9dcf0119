import type { Channel, MarketEvent } from '@exchange-stream/market-data';
import { checkQueue, mergeable, type QueueOptions } from '../dispatch/consumer-policy.ts';
import { matchesFilter, type SubscriptionFilter } from './subscription-filter.ts';
import type { Subscription } from './subscription.ts';

/** A handler of the events of subscriptions that others make. */
export interface WideHandler extends QueueOptions {
  /** Name of the consumer in reports. */
  readonly name: string;
  /** Which subscriptions; one by its canonical key, or all that match. */
  readonly of: { readonly key: string; readonly channel: Channel } | SubscriptionFilter;
  /** Only events of this kind. Default both. */
  readonly receives?: 'data' | 'status';
  readonly invoke: (event: MarketEvent) => unknown;
}

interface WideListener {
  readonly name: string;
  readonly handlers: readonly WideHandler[];
  /** Where none of those who share a queue says. */
  readonly capacity: number | undefined;
  /** How to leave each subscription joined. */
  readonly joined: Map<Subscription, () => void>;
}

/** Who listens to subscriptions that others make, now and later. */
export class WideListeners {
  private readonly listeners = new Set<WideListener>();

  /**
   * Handlers that belong together: those who mean the same subscription share one queue of it, as long as the least that
   * one of them says. Where the policy `merge` finds nothing to merge, every event waits. Returns a function that ends it.
   * @param name of all of them together
   * @param capacity of queues of which none of them says
   * @param subscriptions that there are already
   * @throws InvalidOptionsError
   */
  add(
    name: string,
    handlers: readonly WideHandler[],
    capacity: number | undefined,
    subscriptions: readonly Subscription[],
  ): () => void {
    checkQueue({ capacity }, undefined);
    for (const handler of handlers) checkQueue(handler, handler.of.channel);
    const listener: WideListener = { name, handlers, capacity, joined: new Map() };
    this.listeners.add(listener);
    for (const subscription of subscriptions) joinIfWanted(listener, subscription);
    return () => {
      this.listeners.delete(listener);
      for (const leave of listener.joined.values()) leave();
      listener.joined.clear();
    };
  }

  /** A subscription has come about. */
  join(subscription: Subscription): void {
    for (const listener of this.listeners) joinIfWanted(listener, subscription);
  }

  /** A subscription has ended: nobody keeps it. */
  part(key: string): void {
    for (const { joined } of this.listeners)
      for (const subscription of joined.keys()) if (subscription.key === key) joined.delete(subscription);
  }

  clear(): void {
    this.listeners.clear();
  }
}

function joinIfWanted({ name, handlers, capacity, joined }: WideListener, subscription: Subscription): void {
  const { channel } = subscription.request;
  const wanted = handlers.filter(({ of }) =>
    'key' in of ? of.key === subscription.key : matchesFilter(of, subscription.request),
  );
  if (wanted.length === 0) return;
  const served = wanted.map((handler) => ({ ...handler, ...mergeable(handler, channel) }));
  const said = served.flatMap((handler) => handler.capacity ?? []);
  const shared = said.length > 0 ? Math.min(...said) : capacity;
  joined.set(subscription, subscription.flow.consumers.handleTogether(name, served, shared));
}
