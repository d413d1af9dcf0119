import { isPromise } from './consumer-lane.ts';
import { asError } from '../errors.ts';

/** Somebody who is called with every event. */
interface Consumer<E> {
  readonly name: string;
  readonly receive: (event: E) => unknown;
  left: boolean;
}

interface HandOut<E> {
  readonly to: readonly Consumer<E>[];
  readonly event: E;
}

/**
 * Who is called with every event, in the order of joining, and all in the same order of events: one that comes about
 * while another is handed out waits until everybody has had that. A consumer that throws, or whose promise is rejected,
 * is reported and harms nobody; joining during a call takes effect with the next event, leaving at once.
 */
export class Consumers<E> {
  private list: readonly Consumer<E>[] = [];
  private handingOut = false;
  private readonly next: HandOut<E>[] = [];

  constructor(private readonly failed: (consumer: string, error: Error, event: E) => void) {}

  get size(): number {
    return this.list.length;
  }

  /** Returns a function that ends it. */
  add(name: string, receive: (event: E) => unknown): () => void {
    const consumer: Consumer<E> = { name, receive, left: false };
    this.list = [...this.list, consumer];
    return () => {
      consumer.left = true;
      this.list = this.list.filter((other) => other !== consumer);
    };
  }

  deliver(event: E): void {
    if (this.handingOut) {
      this.next.push({ to: this.list, event });
      return;
    }
    this.handingOut = true;
    try {
      this.handOut(this.list, event);
      for (let next = this.next.shift(); next; next = this.next.shift()) this.handOut(next.to, next.event);
    } finally {
      this.handingOut = false;
    }
  }

  clear(): void {
    this.list = [];
  }

  private handOut(to: readonly Consumer<E>[], event: E): void {
    for (let index = 0; index < to.length; index++) {
      const consumer = to[index];
      if (consumer && !consumer.left) this.call(consumer, event);
    }
  }

  private call({ name, receive }: Consumer<E>, event: E): void {
    try {
      const result = receive(event);
      if (isPromise(result)) Promise.resolve(result).catch((error: unknown) => this.fail(name, error, event));
    } catch (error) {
      this.fail(name, error, event);
    }
  }

  private fail(name: string, error: unknown, event: E): void {
    this.failed(name, asError(error), event);
  }
}
