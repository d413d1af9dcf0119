/**
 * A bounded queue between a producer that never waits and one loop that takes its time. When it is full, everything in
 * it is given up and `overflowed` says what the loop shall find instead: nothing is lost without the loop being told.
 */
export class EventQueue<E> implements AsyncIterableIterator<E> {
  private items: E[] = [];
  private head = 0;
  private waiting: ((result: IteratorResult<E>) => void) | undefined;
  private ended = false;

  /**
   * @param capacity how many events may wait
   * @param overflowed what to queue in place of `lost` events: the newest, and before it those `unread`
   * @param released called once, when the loop ends
   */
  constructor(
    private readonly capacity: number,
    private readonly overflowed: (lost: number, unread: readonly E[]) => readonly E[],
    private readonly released: () => void,
  ) {}

  push(event: E): void {
    if (this.ended) return;
    if (this.waiting) {
      const resolve = this.waiting;
      this.waiting = undefined;
      resolve({ value: event, done: false });
      return;
    }
    if (this.items.length - this.head >= this.capacity) {
      const unread = this.items.slice(this.head);
      this.items = [...this.overflowed(unread.length + 1, unread)];
      this.head = 0;
      return;
    }
    this.items.push(event);
  }

  /** Ends the loop, after what is queued already. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.released();
    this.waiting?.({ value: undefined, done: true });
    this.waiting = undefined;
  }

  next(): Promise<IteratorResult<E>> {
    const event = this.items[this.head];
    if (event !== undefined) {
      this.head++;
      this.compact();
      return Promise.resolve({ value: event, done: false });
    }
    if (this.ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<E>> {
    this.items = [];
    this.head = 0;
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Lets go of what has been read, at a cost that stays constant per event. */
  private compact(): void {
    if (this.head < this.items.length && this.head < 1024) return;
    this.items = this.items.slice(this.head);
    this.head = 0;
  }
}
