import { Merged, type Conflation } from './conflation.ts';
import type { ConsumerCounts, ConsumerLosses } from './consumer-counts.ts';

/** Whom an event in a queue is for. */
export interface QueueTarget<E> {
  /** What has become of its events; kept by who owns the queue as far as events do not wait. */
  readonly counts: ConsumerCounts;
  /** How its events become one while they wait; without it, each of them waits. */
  readonly conflation?: Conflation<E> | undefined;
}

/** An event on its way to whom it is for. */
export interface Queued<E, T> {
  readonly target: T;
  readonly event: E;
}

interface Place<E, T> {
  readonly target: T;
  readonly key: unknown;
  event: E | Merged<E>;
}

/** What a queue needs from around it. */
export interface ConsumerQueueEnvironment<E, T> {
  /** How many events may wait. */
  readonly capacity: number;
  /** Of all consumers together. */
  readonly losses?: ConsumerLosses | undefined;
  /** What the consumer shall find in place of `lost` events; asked when it is ready again. */
  overflowed(lost: number): readonly Queued<E, T>[];
  /** That is in the queue, ahead of whatever comes now. */
  told?(lost: number): void;
  /** Events that nothing is moved across: what comes after one never becomes one with what came before. */
  readonly isBarrier?: ((event: E) => boolean) | undefined;
}

/**
 * The bounded queue before a consumer that takes its time. Where the target says how, events become one while they wait.
 * When it is full, everything in it is given up, and so is what comes until the consumer is ready again: then it is told
 * how much it has lost, and what holds at that moment. So a consumer that is stuck keeps nothing alive.
 */
export class ConsumerQueue<E, T extends QueueTarget<E>> {
  private places: Place<E, T>[] = [];
  private head = 0;
  private untold = 0;
  private readonly mergeable = new Map<T, Map<unknown, Place<E, T>>>();

  constructor(private readonly environment: ConsumerQueueEnvironment<E, T>) {}

  /** Events that wait. */
  get length(): number {
    return this.places.length - this.head;
  }

  /** Events that wait for one of those whom the queue serves. */
  waitingFor(target: T): number {
    let waiting = 0;
    for (let index = this.head; index < this.places.length; index++)
      if (this.places[index]?.target === target) waiting++;
    return waiting;
  }

  push(target: T, event: E): void {
    if (this.untold > 0) return this.lose(target);
    const { conflation } = target;
    if (this.mergeable.size > 0 && this.environment.isBarrier?.(event)) this.mergeable.clear();
    const key = conflation?.keyOf(event);
    const waiting = key === undefined ? undefined : this.mergeable.get(target)?.get(key);
    if (conflation && waiting) return this.combine(conflation, waiting, event);
    if (this.length >= this.environment.capacity) return this.overflow(target);
    this.add({ target, key, event });
  }

  /** The next event, or what stands in place of those that were lost; `undefined` when nothing waits. */
  take(): Queued<E, T> | undefined {
    if (this.untold > 0) this.tell();
    const place = this.places[this.head];
    if (!place) return undefined;
    this.head++;
    this.compact();
    const { target, key, event } = place;
    const ofTarget = key === undefined ? undefined : this.mergeable.get(target);
    if (ofTarget?.get(key) === place) ofTarget.delete(key);
    return { target, event: event instanceof Merged ? event.build() : event };
  }

  /** Whether there is anything to take. */
  get isEmpty(): boolean {
    return this.length === 0 && this.untold === 0;
  }

  /** The consumer has left: nothing that waits will be taken. */
  abandon(): void {
    const { losses } = this.environment;
    if (losses) losses.abandoned += this.length;
    this.forEachWaiting(({ counts }) => counts.abandoned++);
    this.untold = 0;
    this.clear();
  }

  private add(place: Place<E, T>): void {
    this.places.push(place);
    if (place.key === undefined) return;
    const ofTarget = this.mergeable.get(place.target) ?? new Map<unknown, Place<E, T>>();
    this.mergeable.set(place.target, ofTarget.set(place.key, place));
  }

  private combine(conflation: Conflation<E>, place: Place<E, T>, event: E): void {
    const combined = conflation.combine(place.event, event);
    if (combined === undefined) return this.overflow(place.target);
    const { losses } = this.environment;
    place.event = combined;
    place.target.counts.conflated++;
    if (losses) losses.conflated++;
  }

  /** Gives up what waits, and the event at hand. */
  private overflow(target: T): void {
    this.forEachWaiting((waiting) => this.lose(waiting));
    this.clear();
    this.lose(target);
  }

  private lose({ counts }: T): void {
    const { losses } = this.environment;
    this.untold++;
    counts.lost++;
    if (losses) losses.lost++;
  }

  private forEachWaiting(visit: (target: T) => void): void {
    for (let index = this.head; index < this.places.length; index++) {
      const place = this.places[index];
      if (place) visit(place.target);
    }
  }

  private tell(): void {
    const lost = this.untold;
    this.untold = 0;
    for (const { target, event } of this.environment.overflowed(lost)) {
      target.counts.received++;
      this.places.push({ target, key: undefined, event });
    }
    this.environment.told?.(lost);
  }

  private clear(): void {
    this.places = [];
    this.head = 0;
    this.mergeable.clear();
  }

  /** Lets go of what has been taken, at a cost that stays constant per event. */
  private compact(): void {
    if (this.head < this.places.length && this.head < 1024) return;
    this.places = this.places.slice(this.head);
    this.head = 0;
  }
}
