import type { Clock } from '@exchange-stream/market-data';
import { noCounts, type ConsumerCounts, type ConsumerLosses } from './consumer-counts.ts';
import { ConsumerLane, type ConsumerCall } from './consumer-lane.ts';

/** What may wait for a callback whose promise is open. */
const CAPACITY = 10_000;

/** What a callback needs from around it. */
export interface CallbackEnvironment<E> {
  readonly clock: Clock;
  /** How long a promise of it may be open before that is told. */
  readonly deadlineMs: number;
  readonly losses?: ConsumerLosses | undefined;
  failed(name: string, error: Error, event: E): void;
  overdue(name: string, tookMs: number, waiting: number): void;
  /** It was too slow, and goes on. */
  overflowed(name: string, lost: number): void;
  /** What it shall find in place of what it has lost. */
  instead?(lost: number): readonly E[];
}

/** How a callback keeps up. */
export interface CallbackView extends Readonly<ConsumerCounts> {
  readonly name: string;
  /** What waits for it. */
  readonly waiting: number;
  /** For how long a promise of it has been open. */
  readonly busyMs?: number;
}

/**
 * A user's code that is told things over and over, in order. What it throws or rejects with is reported; while a promise
 * of it is open, what comes waits, within a bound. It never holds whoever tells it.
 */
export class Callback<E> {
  private readonly call: ConsumerCall<E>;
  private readonly lane: ConsumerLane<E, ConsumerCall<E>>;

  constructor(name: string, invoke: (event: E) => unknown, environment: CallbackEnvironment<E>) {
    const { clock, deadlineMs, losses } = environment;
    this.call = { name, invoke, counts: noCounts() };
    this.lane = new ConsumerLane({
      clock,
      deadlineMs,
      losses,
      capacity: CAPACITY,
      failed: (_, error, event) => environment.failed(name, error, event),
      overdue: (_, tookMs, waiting) => environment.overdue(name, tookMs, waiting),
      overflowed: (lost) =>
        (environment.instead?.(lost) ?? []).map((event) => ({ target: this.call, event })),
      told: (lost) => environment.overflowed(name, lost),
    });
  }

  tell(event: E): void {
    this.lane.deliver(this.call, event);
  }

  view(): CallbackView {
    const busyMs = this.lane.busyMs(this.call);
    return {
      name: this.call.name,
      ...this.call.counts,
      waiting: this.lane.waiting,
      ...(busyMs !== undefined && { busyMs }),
    };
  }

  /** Its deadlines are looked at no more; what waits is still told, as far as it gets on. */
  unwatch(): void {
    this.lane.unwatch();
  }

  /** It is told nothing any more. */
  close(): void {
    this.lane.close();
  }
}
