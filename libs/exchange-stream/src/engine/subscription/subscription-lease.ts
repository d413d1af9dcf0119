import type {
  BookReader,
  Channel,
  ChannelEvents,
  MarketEvent,
  SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { CandleSeriesHandle } from '../candles/candle-series-handle.ts';
import type { Subscription, SubscriptionHolder } from './subscription.ts';
import type {
  IterateOptions,
  ListenOptions,
  SubscriptionEvent,
  SubscriptionHandle,
} from './subscription-handle.ts';
import type { SubscriptionView } from './subscription-state.ts';

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

  get book(): BookReader | undefined {
    return this.subscription.flow.bookReader;
  }

  current(): readonly ChannelEvents[C][] {
    // As above.
    return this.subscription.flow.current() as readonly ChannelEvents[C][];
  }

  get series(): CandleSeriesHandle | undefined {
    return this.subscription.flow.series();
  }

  on(listener: (event: SubscriptionEvent<C>) => unknown, options: ListenOptions = {}): () => void {
    if (this.ended) return () => undefined;
    // The same: only events of channel C, and status, come out of this flow.
    const invoke = listener as (event: MarketEvent) => unknown;
    const name = options.name ?? (listener.name || 'listener');
    const detach = this.subscription.flow.consumers.handle(name, invoke, options);
    const end = (): void => {
      this.ends.delete(end);
      detach();
    };
    this.ends.add(end);
    return end;
  }

  events(options: IterateOptions = {}): AsyncIterableIterator<SubscriptionEvent<C>> {
    const { consumers } = this.subscription.flow;
    const queue = consumers.iterate(options.name ?? 'loop', options, () => this.ends.delete(end));
    const end = (): void => queue.end();
    if (this.ended) void queue.return();
    else this.ends.add(end);
    // As above.
    return queue as unknown as AsyncIterableIterator<SubscriptionEvent<C>>;
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
}
