import { Callback, type CallbackEnvironment, type CallbackView } from './callback.ts';
import { Consumers } from './consumers.ts';

/** Everybody who is told of the same things: all in the same order, and each at its own pace. */
export class Listeners<E> {
  private readonly consumers: Consumers<E>;
  private readonly callbacks = new Set<Callback<E>>();
  private isWatched = true;

  constructor(private readonly environment: CallbackEnvironment<E>) {
    this.consumers = new Consumers((...failure) => environment.failed(...failure));
  }

  /** Returns a function that ends it. */
  add(name: string, invoke: (event: E) => unknown): () => void {
    const callback = new Callback(name, invoke, this.environment);
    if (!this.isWatched) callback.unwatch();
    this.callbacks.add(callback);
    const leave = this.addQueue(name, (event) => callback.tell(event));
    return () => {
      leave();
      this.callbacks.delete(callback);
      callback.close();
    };
  }

  /** For who has a queue of its own, and waits for nothing. Returns a function that ends it. */
  addQueue(name: string, push: (event: E) => void): () => void {
    return this.consumers.add(name, push);
  }

  deliver(event: E): void {
    this.consumers.deliver(event);
  }

  views(): CallbackView[] {
    return [...this.callbacks].map((callback) => callback.view());
  }

  /** Deadlines are looked at no more; what waits is still told. */
  unwatch(): void {
    this.isWatched = false;
    for (const callback of this.callbacks) callback.unwatch();
  }
}
