import type { MarketEvent } from '@exchange-stream/market-data';
import type { HandlerCall } from './handler-call.ts';

interface Waiting {
  readonly call: HandlerCall;
  readonly event: MarketEvent;
}

/**
 * The one sequence in which a provider sees a subscription. While its handlers are synchronous they are called straight
 * through. A handler that returns a promise holds the lane: what comes meanwhile waits in a bounded queue. When that is
 * full, everything in it is given up at once and `overflowed` tells the provider so.
 */
export class HandlerLane {
  private queue: Waiting[] = [];
  private head = 0;
  private running: HandlerCall | undefined;
  private lostSoFar = 0;
  private overflowing = false;
  private closed = false;

  /**
   * @param capacity how many events may wait
   * @param overflowed delivers what stands in place of `lost` events, whatever the capacity
   */
  constructor(
    private readonly capacity: number,
    private readonly failed: (call: HandlerCall, error: unknown) => void,
    private readonly overflowed: (lost: number) => void,
  ) {}

  /** Events that wait. */
  get waiting(): number {
    return this.queue.length - this.head;
  }

  /** Events given up since the start. */
  get lost(): number {
    return this.lostSoFar;
  }

  deliver(call: HandlerCall, event: MarketEvent): void {
    if (!this.running) this.run(call, event);
    else if (this.waiting < this.capacity || this.overflowing) this.queue.push({ call, event });
    else this.overflow();
  }

  /** Forgets what waits; a handler that is under way ends by itself. */
  close(): void {
    this.closed = true;
    this.clear();
  }

  private run(call: HandlerCall, event: MarketEvent): void {
    if (this.closed) return;
    try {
      const result = call.invoke(event);
      if (!isPromise(result)) return;
      this.running = call;
      result.then(this.settled, this.rejected);
    } catch (error) {
      this.failed(call, error);
    }
  }

  private readonly settled = (): void => {
    this.running = undefined;
    while (!this.running && this.waiting > 0) {
      const next = this.queue[this.head++];
      this.compact();
      if (next) this.run(next.call, next.event);
    }
  };

  private readonly rejected = (error: unknown): void => {
    if (this.running) this.failed(this.running, error);
    this.settled();
  };

  private overflow(): void {
    const lost = this.waiting + 1;
    this.lostSoFar += lost;
    this.clear();
    this.overflowing = true;
    this.overflowed(lost);
    this.overflowing = false;
  }

  private clear(): void {
    this.queue = [];
    this.head = 0;
  }

  /** Lets go of what has been called, at a cost that stays constant per event. */
  private compact(): void {
    if (this.head < this.queue.length && this.head < 1024) return;
    this.queue = this.queue.slice(this.head);
    this.head = 0;
  }
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  return (
    typeof result === 'object' && result !== null && 'then' in result && typeof result.then === 'function'
  );
}
