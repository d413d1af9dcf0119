import type { Channel, Clock, MarketEvent, StatusEvent } from '@exchange-stream/market-data';
import { noCounts, type ConsumerCounts, type ConsumerLosses } from './consumer-counts.ts';
import { ConsumerLane, type ConsumerCall } from './consumer-lane.ts';
import {
  capacityOf,
  checkQueue,
  conflationOf,
  isStatus,
  type ConsumerPolicy,
  type QueueOptions,
} from './consumer-policy.ts';
import { Consumers } from './consumers.ts';
import { FillRecovery, type FillRecoveryEnvironment, type FillSource } from './fill-recovery.ts';
import { EventQueue } from './event-queue.ts';

/** What the consumers of a flow need from it. */
export interface FlowConsumersEnvironment {
  readonly clock: Clock;
  /** How long the promise of a handler may be open before that is told. */
  readonly deadlineMs: number;
  readonly losses: ConsumerLosses;
  /** The last value while the data is live. */
  latest(): MarketEvent | undefined;
  /** All that holds while the data is live. */
  current(): readonly MarketEvent[];
  /** Who has the fills that a slow consumer lost; undefined where nobody does. */
  fills(): FillSource | undefined;
  /** Where the data stands now. */
  status(): StatusEvent;
  failed(consumer: string, error: Error): void;
  overdue(consumer: string, tookMs: number, waiting: number): void;
  /** A consumer was too slow; it is about to find how many events it has lost. */
  overflowed(consumer: string, lost: number): void;
}

/** A handler of a flow's events. */
export interface FlowHandler extends Pick<QueueOptions, 'policy'> {
  readonly name: string;
  readonly invoke: (event: MarketEvent) => unknown;
  /** Only events of this kind. Default both. */
  readonly receives?: 'data' | 'status' | undefined;
}

/** How one consumer keeps up with one subscription. */
export interface ConsumerView extends Readonly<ConsumerCounts> {
  /** Canonical key of the subscription; of a user-defined connection, exchange and name. */
  readonly subscription: string;
  readonly name: string;
  readonly policy: ConsumerPolicy;
  /** Events that wait for it. */
  readonly waiting: number;
  /** For how long the promise of its handler has been open. */
  readonly busyMs?: number;
}

/** Somebody who has a queue, or a part in one. */
interface QueueOwner extends Pick<ConsumerView, 'name' | 'policy'> {
  readonly counts: Readonly<ConsumerCounts>;
  waiting(): number;
  busyMs?(): number | undefined;
}

interface FlowCall extends ConsumerCall<MarketEvent>, Pick<FlowHandler, 'receives'> {
  readonly policy: ConsumerPolicy;
}

/** Who receives the events of one flow, each at its own pace: beginning with the last value and the present status. */
export class FlowConsumers {
  private readonly consumers: Consumers<MarketEvent>;
  /** By how each of them leaves. */
  private readonly owners = new Map<() => void, readonly QueueOwner[]>();

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
    return this.handleTogether(name, [{ name, invoke, policy: options.policy }], options.capacity);
  }

  /**
   * Calls several handlers in one order: while a promise of one of them is open, events wait for all of them, at most
   * `capacity` together. Returns a function that ends it.
   * @param name of all of them together, for what they share
   * @throws InvalidOptionsError
   */
  handleTogether(name: string, handlers: readonly FlowHandler[], capacity?: number): () => void {
    for (const { policy } of handlers) checkQueue({ policy, capacity }, this.channel);
    const { environment } = this;
    const { clock, deadlineMs, losses } = environment;
    const calls = handlers.map((handler) =>
      this.callOf(handler, (call, event) => recovery?.taken(call, event)),
    );
    const of = (event: MarketEvent): FlowCall[] => calls.filter((call) => takes(call, event));
    const lane: ConsumerLane<MarketEvent, FlowCall> = new ConsumerLane({
      clock,
      capacity: capacityOf(this.channel, capacity),
      deadlineMs,
      losses,
      isBarrier: isStatus,
      failed: (call, error) => environment.failed(call.name, error),
      overdue: (call, tookMs, waiting) => environment.overdue(call.name, tookMs, waiting),
      overflowed: (lost) =>
        this.afterOverflow(lost, recovery).flatMap((event) => of(event).map((target) => ({ target, event }))),
      told: (lost) => environment.overflowed(name, lost),
    });
    const recovery: FillRecovery<FlowCall> | undefined = this.recoveryOf({
      targets: calls.filter(({ receives }) => receives !== 'status'),
      capacity: capacityOf(this.channel, capacity),
      isEmpty: () => lane.isEmpty,
      push: (call, event) => lane.deliver(call, event),
      tell: (event) => {
        for (const call of of(event)) lane.deliver(call, event);
      },
    });
    return this.join(
      name,
      calls.map((call) => ({
        name: call.name,
        policy: call.policy,
        counts: call.counts,
        waiting: () => lane.waitingFor(call),
        busyMs: () => lane.busyMs(call),
      })),
      (event) => {
        if (recovery?.receives(event) === false) return;
        for (let index = 0; index < calls.length; index++) {
          const call = calls[index];
          if (call && takes(call, event)) lane.deliver(call, event);
        }
      },
      () => {
        recovery?.close();
        lane.close();
      },
    );
  }

  /**
   * The same for a loop, until it is left or its end is called.
   * @param released called once, when it has ended
   * @throws InvalidOptionsError
   */
  iterate(name: string, options: QueueOptions, released: () => void): EventQueue<MarketEvent> {
    checkQueue(options, this.channel);
    const { policy = 'all', capacity } = options;
    let leave = (): void => undefined;
    const queue: EventQueue<MarketEvent> = new EventQueue({
      capacity: capacityOf(this.channel, capacity),
      conflation: this.conflation(policy),
      losses: this.environment.losses,
      isBarrier: isStatus,
      taken: (event) => recovery?.taken('loop', event),
      overflowed: (lost) => this.afterOverflow(lost, recovery),
      told: (lost) => this.environment.overflowed(name, lost),
      released: () => {
        recovery?.close();
        leave();
        released();
      },
    });
    const recovery: FillRecovery<'loop'> | undefined = this.recoveryOf({
      targets: ['loop'],
      capacity: capacityOf(this.channel, capacity),
      isEmpty: () => queue.isEmpty,
      push: (_, event) => queue.push(event),
      tell: (event) => queue.push(event),
    });
    leave = this.join(
      name,
      [{ name, policy, counts: queue.counts, waiting: () => queue.waiting }],
      (event) => {
        if (recovery?.receives(event) !== false) queue.push(event);
      },
      () => undefined,
    );
    return queue;
  }

  /** How those who have a queue keep up. */
  views(): ConsumerView[] {
    const { subscription } = this.environment.status();
    return [...this.owners.values()].flat().map(({ name, policy, counts, ...owner }) => {
      const busyMs = owner.busyMs?.();
      return {
        subscription,
        name,
        policy,
        ...counts,
        waiting: owner.waiting(),
        ...(busyMs !== undefined && { busyMs }),
      };
    });
  }

  clear(): void {
    for (const end of [...this.owners.keys()]) end();
    this.consumers.clear();
  }

  private join(
    name: string,
    owners: readonly QueueOwner[],
    receive: (event: MarketEvent) => void,
    close: () => void,
  ): () => void {
    let leave = (): void => undefined;
    const end = (): void => {
      if (!this.owners.delete(end)) return;
      leave();
      close();
    };
    this.owners.set(end, owners);
    for (const value of this.environment.current()) receive(value);
    receive(this.environment.status());
    if (this.owners.has(end)) leave = this.consumers.add(name, receive);
    return end;
  }

  private callOf(
    { name, invoke, receives, policy = 'all' }: FlowHandler,
    taken: (call: FlowCall, event: MarketEvent) => void,
  ): FlowCall {
    const shared = { name, receives, policy, counts: noCounts(), conflation: this.conflation(policy) };
    if (this.channel !== 'fills') return { ...shared, invoke };
    const call: FlowCall = {
      ...shared,
      invoke: (event) => {
        taken(call, event);
        return invoke(event);
      },
    };
    return call;
  }

  /** Of fills that a slow consumer loses, where somebody has them. */
  private recoveryOf<T>(
    queue: Omit<FillRecoveryEnvironment<T>, 'source' | 'status'>,
  ): FillRecovery<T> | undefined {
    if (this.channel !== 'fills') return undefined;
    const { environment } = this;
    return new FillRecovery<T>({
      ...queue,
      source: () => environment.fills(),
      status: () => environment.status(),
    });
  }

  private conflation(policy: ConsumerPolicy): ReturnType<typeof conflationOf> {
    return conflationOf(this.channel, policy, () => this.environment.latest());
  }

  /** What a consumer finds in place of events that it was too slow for: the gap, then what holds now, or fills again. */
  private afterOverflow(lost: number, recovery: { begin(): boolean } | undefined): MarketEvent[] {
    const status = this.environment.status();
    const reason = `the consumer was too slow: ${lost} events are lost to it`;
    if (recovery?.begin())
      return [
        { ...status, state: 'gap', reason: `${reason} until they are asked for`, lost: { events: lost } },
      ];
    return [
      { ...status, state: 'gap', reason, lost: { events: lost } },
      ...this.environment.current(),
      status,
    ];
  }
}

function takes({ receives }: FlowCall, event: MarketEvent): boolean {
  return receives === undefined || (event.type === 'status') === (receives === 'status');
}
