import { Consumers } from '../dispatch/consumers.ts';
import { EventQueue } from '../dispatch/event-queue.ts';
import type { LifecycleEvent, LifecycleListener } from './lifecycle-event.ts';

const DEFAULT_CAPACITY = 10_000;

/** Tells what happens to the machinery to everybody who asked: listeners at once, loops at their own pace. */
export class LifecycleFeed {
  private readonly listeners = new Consumers<LifecycleEvent>((name, error, event) =>
    this.failed(name, error, event),
  );
  private readonly ends = new Set<() => void>();
  private ended = false;

  /** Returns a function that ends it. */
  add(name: string, listener: LifecycleListener): () => void {
    return this.listeners.add(name, listener);
  }

  /** What happens from now on, for `for await`; ends with the feed. */
  iterate(capacity = DEFAULT_CAPACITY): AsyncIterableIterator<LifecycleEvent> {
    let detach = (): void => undefined;
    const queue = new EventQueue<LifecycleEvent>({
      capacity,
      overflowed: (lost) => [{ type: 'events-lost', lost }],
      released: () => {
        this.ends.delete(end);
        detach();
      },
    });
    const end = (): void => queue.end();
    if (this.ended) queue.end();
    else {
      this.ends.add(end);
      detach = this.add('loop', (event) => queue.push(event));
    }
    return queue;
  }

  deliver(event: LifecycleEvent): void {
    this.listeners.deliver(event);
  }

  /** Ends the loops, after what they have not yet read. */
  end(): void {
    this.ended = true;
    for (const end of [...this.ends]) end();
  }

  private failed(listener: string, error: Error, event: LifecycleEvent): void {
    // Who fails on this too has just been told of; once is enough.
    if (event.type !== 'listener-failed') this.deliver({ type: 'listener-failed', listener, error });
  }
}
