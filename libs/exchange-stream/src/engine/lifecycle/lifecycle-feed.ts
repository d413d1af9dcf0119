import type { Clock } from '@exchange-stream/market-data';
import { Callback, type CallbackEnvironment, type CallbackView } from '../dispatch/callback.ts';
import { EventQueue } from '../dispatch/event-queue.ts';
import { Listeners } from '../dispatch/listeners.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';

const DEFAULT_CAPACITY = 10_000;

/**
 * Tells what happens to the machinery to everybody who asked: listeners at once, or when the promise that they returned
 * has settled, loops at their own pace.
 */
export class LifecycleFeed {
  private readonly listeners: Listeners<LifecycleEvent>;
  /** Callbacks that are told of other things, and whose failures are told here. */
  private readonly callbacks: Pick<Callback<never>, 'view' | 'unwatch'>[] = [];
  private readonly loops = new Map<() => void, EventQueue<LifecycleEvent>>();
  private ended = false;

  /** @param deadlineMs how long the promise of a listener may be open before that is told */
  constructor(
    private readonly clock: Clock,
    private readonly deadlineMs: number,
  ) {
    this.listeners = new Listeners({
      ...this.reports(),
      failed: (listener, error, event) => {
        // Who fails on this too has just been told of; once is enough.
        if (event.type !== 'listener-failed') this.failed(listener, error);
      },
      instead: (lost) => [{ type: 'events-lost', lost }],
    });
  }

  /** Returns a function that ends it. */
  add(name: string, listener: (event: LifecycleEvent) => unknown): () => void {
    return this.listeners.add(name, listener);
  }

  /** Another callback of the user, as it may be called: whatever it does is told here, and harms nobody. */
  guarded<E>(name: string, invoke: (event: E) => unknown): (event: E) => void {
    const callback = new Callback<E>(name, invoke, this.reports());
    this.callbacks.push(callback);
    return (event) => callback.tell(event);
  }

  /** What happens from now on, for `for await`; ends with the feed. */
  iterate(capacity = DEFAULT_CAPACITY): AsyncIterableIterator<LifecycleEvent> {
    let detach = (): void => undefined;
    const queue = new EventQueue<LifecycleEvent>({
      capacity,
      overflowed: (lost) => [{ type: 'events-lost', lost }],
      released: () => {
        this.loops.delete(end);
        detach();
      },
    });
    const end = (): void => queue.end();
    if (this.ended) queue.end();
    else {
      this.loops.set(end, queue);
      detach = this.listeners.addQueue('loop', (event) => queue.push(event));
    }
    return queue;
  }

  deliver(event: LifecycleEvent): void {
    this.listeners.deliver(event);
  }

  /** How everybody keeps up. */
  views(): CallbackView[] {
    const loops = [...this.loops.values()].map(({ counts, waiting }) => ({
      name: 'loop',
      ...counts,
      waiting,
    }));
    return [...this.listeners.views(), ...loops, ...this.callbacks.map((callback) => callback.view())];
  }

  /** Ends the loops, after what they have not yet read; looks at no deadline any more. */
  end(): void {
    this.ended = true;
    for (const end of [...this.loops.keys()]) end();
    this.listeners.unwatch();
    for (const callback of this.callbacks) callback.unwatch();
  }

  private reports(): Omit<CallbackEnvironment<unknown>, 'instead'> {
    return {
      clock: this.clock,
      deadlineMs: this.deadlineMs,
      failed: (listener, error) => this.failed(listener, error),
      overdue: (listener, tookMs, waiting) =>
        this.deliver({ type: 'listener-overdue', listener, tookMs, waiting }),
      overflowed: (listener, lost) => this.deliver({ type: 'listener-overflowed', listener, lost }),
    };
  }

  private failed(listener: string, error: Error): void {
    this.deliver({ type: 'listener-failed', listener, error });
  }
}
