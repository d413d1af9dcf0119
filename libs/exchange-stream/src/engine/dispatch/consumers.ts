/** Somebody who is called with every event. */
interface Consumer<E> {
  readonly name: string;
  readonly receive: (event: E) => void;
}

/**
 * Who is called with every event, in the order of joining. A consumer that throws is reported and harms nobody; joining
 * and leaving during a call take effect with the next event.
 */
export class Consumers<E> {
  private list: readonly Consumer<E>[] = [];

  constructor(private readonly failed: (consumer: string, error: Error) => void) {}

  get size(): number {
    return this.list.length;
  }

  /** Returns a function that ends it. */
  add(name: string, receive: (event: E) => void): () => void {
    const consumer: Consumer<E> = { name, receive };
    this.list = [...this.list, consumer];
    return () => {
      this.list = this.list.filter((other) => other !== consumer);
    };
  }

  deliver(event: E): void {
    const { list } = this;
    for (let index = 0; index < list.length; index++) {
      const consumer = list[index];
      if (consumer) this.call(consumer.name, consumer.receive, event);
    }
  }

  /** Calls one receiver under the same protection. */
  call(name: string, receive: (event: E) => void, event: E): void {
    try {
      receive(event);
    } catch (error) {
      this.failed(name, error instanceof Error ? error : new Error(String(error)));
    }
  }

  clear(): void {
    this.list = [];
  }
}
