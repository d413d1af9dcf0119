import {
  isPrivateChannel,
  type BookOrdersUpdateEvent,
  type Channel,
  type MarketEvent,
} from '@exchange-stream/market-data';
import { stateKey } from '../account-data/account-key.ts';
import { InvalidOptionsError } from '../errors.ts';
import type { Conflation, Merged } from './conflation.ts';
import { MergedBook } from './merged-book.ts';
import { MergedOrders } from './merged-orders.ts';

/**
 * What waits for a consumer that is not ready. Status events wait under every policy, in their place.
 * - `all`: every event.
 * - `latest`: the newest event; of a book the whole of it, as it is then.
 * - `merge`: what can be told in one: the levels that have changed of a book, the newest state of each candle, the newest
 *   ticker, quote … Trades, liquidations, notices and raw frames cannot be merged.
 *
 * Orders, balances and positions wait under every policy as the newest state of each id, and fills each for itself.
 */
export type ConsumerPolicy = (typeof CONSUMER_POLICIES)[number];

export const CONSUMER_POLICIES = ['all', 'latest', 'merge'] as const;

/** How many events may wait where nothing is said. */
export const DEFAULT_CAPACITY = 10_000;

/** How a consumer wants to be served when it is slow. */
export interface QueueOptions {
  /** Default `all`. */
  readonly policy?: ConsumerPolicy;
  /**
   * How many events may wait; beyond, the consumer is told of a `gap` with their number, and begins anew with the last
   * value and the present status. Default 10,000. Of orders, balances and positions as many wait as there are ids.
   */
  readonly capacity?: number;
}

/**
 * How many states of orders, balances or positions may wait. One of each id does, so that this is never reached by what is
 * open, but by what comes and goes while a consumer does not return.
 */
export const STATE_CAPACITY = 100_000;

const SINGLE: ReadonlySet<Channel> = new Set(['trades', 'liquidations', 'status', 'raw', 'fills']);

/** Channels of which every event waits, whatever is asked for. */
const WHOLE: ReadonlySet<Channel> = new Set(['status', 'fills']);

/**
 * Refuses what cannot work.
 * @param channel where it is known
 * @throws InvalidOptionsError which names the key, what came, and what is allowed
 */
export function checkQueue({ policy, capacity }: QueueOptions, channel: Channel | undefined): void {
  const allowed = CONSUMER_POLICIES.filter((name) => name === 'all' || !channel || canBe(name, channel));
  if (policy !== undefined && !allowed.includes(policy)) {
    const of = channel ? ` for ${channel}` : '';
    throw new InvalidOptionsError(
      `policy: got ${JSON.stringify(policy)}${of}. Allowed${of}: ${allowed.join(', ')}.`,
    );
  }
  if (capacity !== undefined && !(Number.isSafeInteger(capacity) && capacity > 0))
    throw new InvalidOptionsError(
      `capacity: got ${JSON.stringify(capacity)}. Allowed: a whole number above 0.`,
    );
}

/** The same for a consumer of many channels: where there is nothing to merge, every event waits. */
export function mergeable(options: QueueOptions, channel: Channel): QueueOptions {
  const { policy = 'all' } = options;
  return policy === 'all' || canBe(policy, channel) ? options : { ...options, policy: 'all' };
}

/** How many events of a channel may wait. */
export function capacityOf(channel: Channel, capacity = DEFAULT_CAPACITY): number {
  return isPrivateChannel(channel) && channel !== 'fills' ? STATE_CAPACITY : capacity;
}

function canBe(policy: ConsumerPolicy, channel: Channel): boolean {
  return policy === 'merge' ? !SINGLE.has(channel) : !WHOLE.has(channel);
}

/**
 * How the events of a channel become one while they wait; `undefined` where each of them waits.
 * @param whole the book as it is now, where it can be had
 */
export function conflationOf(
  channel: Channel,
  policy: ConsumerPolicy = 'all',
  whole: () => MarketEvent | undefined = () => undefined,
): Conflation<MarketEvent> | undefined {
  if (isPrivateChannel(channel)) return channel === 'fills' ? undefined : STATES;
  if (policy === 'all' || (policy === 'merge' && SINGLE.has(channel))) return undefined;
  if (channel === 'book') return new BookConflation(policy === 'latest' ? whole : () => undefined);
  return policy === 'merge' && channel === 'candles' ? CANDLES : NEWEST;
}

/** Nothing is merged across a change of trust. */
export function isStatus(event: MarketEvent): boolean {
  return event.type === 'status';
}

const STATES: Conflation<MarketEvent> = { keyOf: stateKey, combine: (_, event) => event };

const NEWEST: Conflation<MarketEvent> = {
  keyOf: (event) => (event.type === 'candle' ? event.interval : dataKey(event)),
  combine: (_, event) => event,
};

const CANDLES: Conflation<MarketEvent> = {
  keyOf: (event) => (event.type === 'candle' ? `${event.interval} ${event.openTime}` : undefined),
  combine: (_, event) => event,
};

function dataKey({ type }: MarketEvent): 'data' | undefined {
  return type === 'status' ? undefined : 'data';
}

class BookConflation implements Conflation<MarketEvent> {
  constructor(private readonly whole: () => MarketEvent | undefined) {}

  keyOf(event: MarketEvent): unknown {
    return dataKey(event);
  }

  combine(
    waiting: MarketEvent | Merged<MarketEvent>,
    event: MarketEvent,
  ): MarketEvent | Merged<MarketEvent> | undefined {
    if (event.type === 'book-orders-update') return this.combineOrders(waiting, event);
    if (event.type !== 'book-update') return event;
    if (waiting instanceof MergedBook) return waiting.add(event);
    if (!('type' in waiting)) return undefined;
    if (waiting.type === 'book-snapshot') return new MergedBook(waiting, waiting).add(event);
    const now = this.whole();
    // The book has this update already.
    if (now?.type === 'book-snapshot') return new MergedBook(now, now);
    return waiting.type === 'book-update'
      ? new MergedBook(waiting, undefined).add(waiting)?.add(event)
      : undefined;
  }

  private combineOrders(
    waiting: MarketEvent | Merged<MarketEvent>,
    event: BookOrdersUpdateEvent,
  ): Merged<MarketEvent> | undefined {
    if (waiting instanceof MergedOrders) return waiting.add(event);
    if (!('type' in waiting)) return undefined;
    if (waiting.type === 'book-orders-snapshot') return MergedOrders.of(waiting).add(event);
    const now = this.whole();
    // The book has this update already.
    if (now?.type === 'book-orders-snapshot') return MergedOrders.of(now);
    return waiting.type === 'book-orders-update' ? MergedOrders.of(waiting).add(event) : undefined;
  }
}
