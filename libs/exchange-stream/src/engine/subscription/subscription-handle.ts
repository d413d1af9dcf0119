import type {
  BookReader,
  Channel,
  ChannelEvents,
  StatusEvent,
  SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { CandleSeriesHandle } from '../candles/candle-series-handle.ts';
import type { QueueOptions } from '../dispatch/consumer-policy.ts';
import type { SubscriptionView } from './subscription-state.ts';

/** What a consumer of a channel receives: its data, and status changes between them. */
export type SubscriptionEvent<C extends Channel = Channel> = ChannelEvents[C] | StatusEvent;

export interface NameOption {
  /** Name of the consumer in reports of its failures. */
  readonly name?: string;
}

/** How a listener is called, and what waits for it while a promise that it returned is open. */
export interface ListenOptions extends NameOption, QueueOptions {}

/** What waits for a loop that takes its time. */
export interface IterateOptions extends NameOption, QueueOptions {}

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
   * The last value: a whole book (its best `depth` levels), the last ticker, quote or candle; trades and private channels
   * have none. Absent while the data is not `live`.
   */
  latest(depth?: number): ChannelEvents[C] | undefined;
  /**
   * The book itself, to be read where it stands: nothing is copied, and no event is made. Absent for other channels, and
   * while the data is not `live`; so ask for it each time, as one that you keep changes, and may be wrong by then.
   */
  readonly book: BookReader | undefined;
  /** All that holds now: every open order, balance or position of the account; elsewhere the last value. */
  current(): readonly ChannelEvents[C][];
  /** Of candles: those that it holds, and those before them. */
  readonly series: CandleSeriesHandle | undefined;
  /**
   * Calls the listener with every event, in order, beginning with the last value, where there is one, and the present
   * status. While a promise that it returned is open, events wait for it as `options.policy` says. An error it throws or
   * rejects with is reported and harms no one else, and so is a promise that stays open. Returns a function that ends it.
   * @throws InvalidOptionsError
   */
  on(listener: (event: SubscriptionEvent<C>) => unknown, options?: ListenOptions): () => void;
  /** The same events for `for await`; ends when the handle is released. @throws InvalidOptionsError */
  events(options?: IterateOptions): AsyncIterableIterator<SubscriptionEvent<C>>;
  /** Releases this handle: its listeners fall silent and its loops end. Again, it does nothing. */
  unsubscribe(): Promise<void>;
}
