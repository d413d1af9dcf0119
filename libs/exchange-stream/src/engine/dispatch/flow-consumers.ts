import type { Channel, Clock, MarketEvent, StatusEvent } from '@exchange-stream/market-data';
import type { ConsumerCounts, ConsumerLosses } from './consumer-counts.ts';
import { ConsumerLane, type ConsumerCall } from './consumer-lane.ts';
import {
  checkQueue,
  conflationOf,
  DEFAULT_CAPACITY,
  isStatus,
  type ConsumerPolicy,
  type QueueOptions,
} from './consumer-policy.ts';
import { Consumers } from './consumers.ts';
import { EventQueue } from './event-queue.ts';

/** What the consumers of a flow need from it. */
export interface FlowConsumersEnvironment {
  readonly clock: Clock;
  /** How long the promise of a handler may be open before that is told. */
  readonly deadlineMs: number;
  readonly losses: ConsumerLosses;
  /** The last value while the data is live. */
  latest(): MarketEvent | undefined;
  /** Where the data stands now. */
  status(): StatusEvent;
  failed(consumer: string, error: Error): void;
  overdue(consumer: string, tookMs: number, waiting: number): void;
}

/** How one consumer keeps up with one subscription. */
export interface ConsumerView extends Readonly<ConsumerCounts> {
  /** Canonical key of the subscription. */
  readonly subscription: string;
  readonly name: string;
  readonly policy: ConsumerPolicy;
  /** Events that wait for it. */
  readonly waiting: number;
  /** For how long the promise of its handler has been open. */
  readonly busyMs?: number;
}

type About = Pick<ConsumerView, 'name' | 'policy'>;

interface QueueOwner {
  readonly counts: ConsumerCounts;
  readonly waiting: number;
  readonly busy?: { readonly forMs: number } | undefined;
}

/** Who receives the events of one flow, each at its own pace: beginning with the last value and the present status. */
export class FlowConsumers {
  private readonly consumers: Consumers<MarketEvent>;
  private readonly owners = new Map<QueueOwner, About>();
  private readonly ends = new Set<() => void>();

  constructor(
    private readonly channel: Channel,
    private readonly environment: FlowConsumersEnvironment,
  ) {
    this.consumers = new Consumers((consumer, error) => environment.failed(consumer, error));
  }

  get size(): number {
    return this.consumers.size;
  }

  deliver(event: MarketEvent): void {
    this.consumers.deliver(event);
  }

  /** Calls for every event from now on, waiting for nobody. */
  add(name: string, receive: (event: MarketEvent) => void): () => void {
    return this.consumers.add(name, receive);
  }

  /**
   * Calls a handler with every event; while a promise of it is open, events wait for it. Returns a function that ends it.
   * @throws InvalidOptionsError
   */
  handle(name: string, invoke: (event: MarketEvent) => unknown, options: QueueOptions): () => void {
    checkQueue(options, this.channel);
    const { environment } = this;
    const { clock, deadlineMs, losses } = environment;
    const { policy = 'all', capacity = DEFAULT_CAPACITY } = options;
    const call: ConsumerCall<MarketEvent> = { name, invoke, conflation: this.conflation(policy) };
    const lane = new ConsumerLane<MarketEvent, ConsumerCall<MarketEvent>>({
      clock,
      capacity,
      deadlineMs,
      losses,
      isBarrier: isStatus,
      failed: (_, error) => environment.failed(name, error),
      overdue: (_, tookMs, waiting) => environment.overdue(name, tookMs, waiting),
      overflowed: (lost) => this.afterOverflow(lost).map((event) => ({ target: call, event })),
    });
    return this.join(
      lane,
      { name, policy },
      (event) => lane.deliver(call, event),
      () => lane.close(),
    );
  }

  /**
   * The same for a loop, until it is left or its end is called.
   * @param released called once, when it has ended
   * @throws InvalidOptionsError
   */
  iterate(name: string, options: QueueOptions, released: () => void): EventQueue<MarketEvent> {
    checkQueue(options, this.channel);
    const { policy = 'all', capacity = DEFAULT_CAPACITY } = options;
    let leave = (): void => undefined;
    const queue = new EventQueue<MarketEvent>({
      capacity,
      conflation: this.conflation(policy),
      losses: this.environment.losses,
      isBarrier: isStatus,
      overflowed: (lost) => this.afterOverflow(lost),
      released: () => {
        leave();
        released();
      },
    });
    leave = this.join(
      queue,
      { name, policy },
      (event) => queue.push(event),
      () => undefined,
    );
    return queue;
  }

  /** How those who have a queue keep up. */
  views(): ConsumerView[] {
    const { subscription } = this.environment.status();
    return [...this.owners].map(([{ counts, waiting, busy }, about]) => ({
      subscription,
      ...about,
      ...counts,
      waiting,
      ...(busy && { busyMs: busy.forMs }),
    }));
  }

  clear(): void {
    for (const end of [...this.ends]) end();
    this.consumers.clear();
  }

  private join(
    owner: QueueOwner,
    about: About,
    receive: (event: MarketEvent) => void,
    close: () => void,
  ): () => void {
    this.owners.set(owner, about);
    let leave = (): void => undefined;
    const end = (): void => {
      if (!this.ends.delete(end)) return;
      leave();
      close();
      this.owners.delete(owner);
    };
    this.ends.add(end);
    const value = this.environment.latest();
    if (value) receive(value);
    receive(this.environment.status());
    if (this.ends.has(end)) leave = this.consumers.add(about.name, receive);
    return end;
  }

  private conflation(policy: ConsumerPolicy): ReturnType<typeof conflationOf> {
    return conflationOf(this.channel, policy, () => this.environment.latest());
  }

  /** What a consumer finds in place of events that it was too slow for: the gap, then what holds now. */
  private afterOverflow(lost: number): MarketEvent[] {
    const status = this.environment.status();
    const latest = this.environment.latest();
    return [
      {
        ...status,
        state: 'gap',
        reason: `the consumer was too slow: ${lost} events are lost to it`,
        lost: { events: lost },
      },
      ...(latest ? [latest] : []),
      status,
    ];
  }
}
