import type { Clock, Timer } from '@exchange-stream/market-data';
import type { ConsumerLosses } from './consumer-counts.ts';
import { ConsumerQueue, type Queued, type QueueTarget } from './consumer-queue.ts';
import { asError } from '../errors.ts';

/** A handler as it is called. A promise that it returns holds back what follows in its lane. */
export interface ConsumerCall<E> extends QueueTarget<E> {
  /** `TradeRecorder.onTrade`, for messages. */
  readonly name: string;
  readonly invoke: (event: E) => unknown;
}

/** What a lane needs from around it. */
export interface ConsumerLaneEnvironment<E, C> {
  readonly clock: Clock;
  /** How many events may wait. */
  readonly capacity: number;
  /** How long the promise of a handler may be open before that is told. */
  readonly deadlineMs: number;
  readonly losses?: ConsumerLosses | undefined;
  readonly isBarrier?: ((event: E) => boolean) | undefined;
  failed(call: C, error: Error, event: E): void;
  /** The promise of a handler is still open; told once of each. */
  overdue(call: C, tookMs: number, waiting: number): void;
  /** What the handlers shall find in place of `lost` events. */
  overflowed(lost: number): readonly Queued<E, C>[];
  /** They are about to find it. */
  told?(lost: number): void;
}

/**
 * The one sequence in which handlers that belong together see their events. While they are synchronous they are called
 * straight through. One that returns a promise holds the lane: what comes meanwhile waits in a bounded queue. One that
 * never settles is told of, and keeps holding nobody's lane but its own.
 */
export class ConsumerLane<E, C extends ConsumerCall<E>> {
  private readonly queue: ConsumerQueue<E, C>;
  private running: Queued<E, C> | undefined;
  private runningSince = 0;
  private toldOverdue = false;
  private deadline: Timer | undefined;
  private draining = false;
  private closed = false;
  private isWatched = true;

  constructor(private readonly environment: ConsumerLaneEnvironment<E, C>) {
    const { capacity, losses, isBarrier } = environment;
    this.queue = new ConsumerQueue({
      capacity,
      losses,
      isBarrier,
      overflowed: (lost) => environment.overflowed(lost),
      told: (lost) => environment.told?.(lost),
    });
  }

  /** Events that wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Whether nothing waits, and nothing was lost that is not told yet. */
  get isEmpty(): boolean {
    return this.queue.isEmpty;
  }

  /** Those of them that are for one handler. */
  waitingFor(call: C): number {
    return this.queue.waitingFor(call);
  }

  /** For how long the promise of a handler has been open; undefined where it is not. */
  busyMs(call: C): number | undefined {
    return this.running?.target === call ? this.environment.clock.monotonic() - this.runningSince : undefined;
  }

  deliver(call: C, event: E): void {
    if (this.closed) return;
    call.counts.received++;
    if (this.running || this.draining) this.queue.push(call, event);
    else this.run(call, event);
  }

  /** Gives up what waits; a handler that is under way ends by itself. */
  close(): void {
    this.closed = true;
    this.queue.abandon();
    this.unwatch();
  }

  /** Looks at no deadline any more; what waits is still handed over, as far as handlers get on. */
  unwatch(): void {
    this.isWatched = false;
    this.deadline?.cancel();
    this.deadline = undefined;
  }

  private run(call: C, event: E): void {
    call.counts.delivered++;
    try {
      const result = call.invoke(event);
      if (isPromise(result)) this.hold({ target: call, event }, result);
    } catch (error) {
      this.fail(call, error, event);
    }
  }

  private hold(running: Queued<E, C>, promise: PromiseLike<unknown>): void {
    const { clock, deadlineMs } = this.environment;
    this.running = running;
    this.runningSince = clock.monotonic();
    this.toldOverdue = false;
    // One timer for many promises: it looks at the one that is open when it comes.
    if (this.isWatched) this.deadline ??= clock.after(deadlineMs, this.look);
    // A promise of ours: a foreign one may settle twice, or throw when it is asked.
    Promise.resolve(promise).then(this.settled, this.rejected);
  }

  private readonly look = (): void => {
    const { clock, deadlineMs } = this.environment;
    this.deadline = undefined;
    if (!this.running || this.toldOverdue) return;
    const tookMs = clock.monotonic() - this.runningSince;
    if (tookMs < deadlineMs) {
      this.deadline = clock.after(deadlineMs - tookMs, this.look);
      return;
    }
    this.toldOverdue = true;
    this.environment.overdue(this.running.target, tookMs, this.waiting);
  };

  private readonly settled = (): void => {
    this.running = undefined;
    this.draining = true;
    while (!this.running && !this.closed) {
      const next = this.queue.take();
      if (!next) break;
      this.run(next.target, next.event);
    }
    this.draining = false;
  };

  private readonly rejected = (error: unknown): void => {
    if (this.running) this.fail(this.running.target, error, this.running.event);
    this.settled();
  };

  private fail(call: C, error: unknown, event: E): void {
    call.counts.failed++;
    this.environment.failed(call, asError(error), event);
  }
}

/** Whether a handler has more to do than it did when it returned. */
export function isPromise(result: unknown): result is PromiseLike<unknown> {
  return (
    typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function'
  );
}
