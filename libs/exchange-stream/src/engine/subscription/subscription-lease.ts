import type { Channel, ChannelEvents, MarketEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import { EventQueue } from '../dispatch/event-queue.ts';
import type { Subscription, SubscriptionHolder } from './subscription.ts';
import type {
  IterateOptions,
  ListenOptions,
  SubscriptionEvent,
  SubscriptionHandle,
} from './subscription-handle.ts';
import type { SubscriptionView } from './subscription-state.ts';

const DEFAULT_CAPACITY = 10_000;

/** One holder's part in a subscription: its listeners and loops end with it. */
export class SubscriptionLease<C extends Channel> implements SubscriptionHandle<C>, SubscriptionHolder {
  private readonly ends = new Set<() => void>();
  private ended = false;

  /** @param abandoned called when the last holder of the subscription lets go */
  constructor(
    readonly request: SubscriptionRequest<C>,
    private readonly subscription: Subscription,
    private readonly abandoned: () => void,
  ) {
    subscription.holders.add(this);
  }

  get key(): string {
    return this.subscription.key;
  }

  view(): SubscriptionView {
    return this.subscription.view();
  }

  latest(depth?: number): ChannelEvents[C] | undefined {
    // A subscription's flow carries the events of its own channel, which the request's type names.
    return this.subscription.flow.latest(depth) as ChannelEvents[C] | undefined;
  }

  on(listener: (event: SubscriptionEvent<C>) => void, options: ListenOptions = {}): () => void {
    if (this.ended) return () => undefined;
    // The same: only events of channel C, and status, come out of this flow.
    const receive = listener as (event: MarketEvent) => void;
    const detach = this.subscription.flow.attach(options.name ?? (listener.name || 'listener'), receive);
    const end = (): void => {
      this.ends.delete(end);
      detach();
    };
    this.ends.add(end);
    return end;
  }

  events(options: IterateOptions = {}): AsyncIterableIterator<SubscriptionEvent<C>> {
    let detach = (): void => undefined;
    const queue = new EventQueue<SubscriptionEvent<C>>(
      options.capacity ?? DEFAULT_CAPACITY,
      (lost) => this.afterOverflow(lost),
      () => {
        this.ends.delete(end);
        detach();
      },
    );
    const end = (): void => queue.end();
    if (this.ended) queue.end();
    else {
      this.ends.add(end);
      detach = this.on((event) => queue.push(event), { name: 'loop' });
    }
    return queue;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<SubscriptionEvent<C>> {
    return this.events();
  }

  unsubscribe(): Promise<void> {
    this.end();
    if (this.subscription.holders.delete(this) && this.subscription.holders.size === 0) this.abandoned();
    return Promise.resolve();
  }

  end(): void {
    this.ended = true;
    for (const end of [...this.ends]) end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.unsubscribe();
  }

  /** What a loop finds in place of events that it was too slow for: the gap, then what holds now. */
  private afterOverflow(lost: number): SubscriptionEvent<C>[] {
    const status = this.subscription.flow.statusEvent();
    const latest = this.latest();
    return [
      { ...status, state: 'gap', reason: `the consumer was too slow: ${lost} events are lost to it` },
      ...(latest ? [latest] : []),
      status,
    ];
  }
}
