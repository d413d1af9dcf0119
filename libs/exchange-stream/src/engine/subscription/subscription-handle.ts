import type { Channel, ChannelEvents, StatusEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import type { SubscriptionView } from './subscription-state.ts';

/** What a consumer of a channel receives: its data, and status changes between them. */
export type SubscriptionEvent<C extends Channel = Channel> = ChannelEvents[C] | StatusEvent;

export interface ListenOptions {
  /** Name of the consumer in reports of its failures. */
  readonly name?: string;
}

export interface IterateOptions {
  /** How many events may wait for a slow loop; beyond, the loop is told of the loss. Default 10,000. */
  readonly capacity?: number;
}

/**
 * Somebody's hold on a subscription. All handles of one subscription share one topic on the wire; when the last is
 * released, the topic is unsubscribed.
 */
export interface SubscriptionHandle<C extends Channel = Channel>
  extends AsyncDisposable, AsyncIterable<SubscriptionEvent<C>> {
  /** Canonical key. */
  readonly key: string;
  /** The canonical request: unified symbol, parameters at their default left out. */
  readonly request: SubscriptionRequest<C>;
  /** How the subscription stands now. */
  view(): SubscriptionView;
  /**
   * The last value: a whole book (its best `depth` levels), the last ticker, quote or candle; trades have none. Absent
   * while the data is not `live`.
   */
  latest(depth?: number): ChannelEvents[C] | undefined;
  /**
   * Calls the listener with every event, in order, beginning with the last value, where there is one, and the present
   * status. An error it throws is reported and harms no one else. Returns a function that ends it.
   */
  on(listener: (event: SubscriptionEvent<C>) => void, options?: ListenOptions): () => void;
  /** The same events for `for await`; ends when the handle is released. */
  events(options?: IterateOptions): AsyncIterableIterator<SubscriptionEvent<C>>;
  /** Releases this handle: its listeners fall silent and its loops end. Again, it does nothing. */
  unsubscribe(): Promise<void>;
}
