import type { Conflation } from './conflation.ts';
import { noCounts, type ConsumerCounts, type ConsumerLosses } from './consumer-counts.ts';
import { ConsumerQueue, type QueueTarget } from './consumer-queue.ts';

/** What a loop's queue needs from around it. */
export interface EventQueueEnvironment<E> {
  /** How many events may wait. */
  readonly capacity: number;
  readonly conflation?: Conflation<E> | undefined;
  readonly losses?: ConsumerLosses | undefined;
  readonly isBarrier?: ((event: E) => boolean) | undefined;
  /** The loop is about to be handed an event. */
  readonly taken?: ((event: E) => void) | undefined;
  /** What the loop shall find in place of `lost` events. */
  overflowed(lost: number): readonly E[];
  /** It is about to find it. */
  told?(lost: number): void;
  /** Called once, when the loop ends. */
  released(): void;
}

/**
 * A loop as a consumer: a bounded queue between a producer that never waits and a `for await` that takes its time.
 * Nothing is lost without the loop being told.
 */
export class EventQueue<E> implements AsyncIterableIterator<E> {
  readonly counts: ConsumerCounts = noCounts();
  private readonly queue: ConsumerQueue<E, QueueTarget<E>>;
  private readonly target: QueueTarget<E>;
  private reader: ((result: IteratorResult<E>) => void) | undefined;
  private ended = false;

  constructor(private readonly environment: EventQueueEnvironment<E>) {
    const { capacity, conflation, losses, isBarrier } = environment;
    const target = (this.target = { conflation, counts: this.counts });
    this.queue = new ConsumerQueue({
      capacity,
      losses,
      isBarrier,
      overflowed: (lost) => environment.overflowed(lost).map((event) => ({ target, event })),
      told: (lost) => environment.told?.(lost),
    });
  }

  /** Events that wait for the loop. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Whether nothing waits, and nothing was lost that is not told yet. */
  get isEmpty(): boolean {
    return this.queue.isEmpty;
  }

  push(event: E): void {
    if (this.ended) return;
    this.counts.received++;
    if (!this.reader) return this.queue.push(this.target, event);
    const resolve = this.reader;
    this.reader = undefined;
    this.counts.delivered++;
    this.environment.taken?.(event);
    resolve({ value: event, done: false });
  }

  /** Ends the loop, after what is queued already. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.environment.released();
    this.reader?.({ value: undefined, done: true });
    this.reader = undefined;
  }

  next(): Promise<IteratorResult<E>> {
    const next = this.queue.take();
    if (next) {
      this.counts.delivered++;
      this.environment.taken?.(next.event);
      return Promise.resolve({ value: next.event, done: false });
    }
    if (this.ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.reader = resolve;
    });
  }

  return(): Promise<IteratorResult<E>> {
    this.queue.abandon();
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
