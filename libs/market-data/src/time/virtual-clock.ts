import type { Clock, Timer } from './clock.ts';
import { TaskHeap, type HeapTask } from './task-heap.ts';

interface Task extends HeapTask {
  readonly run: () => void;
}

/**
 * A clock that moves only when told to. Tasks run in order of their time, those of one instant in the order in which
 * they were scheduled.
 */
export class VirtualClock implements Clock {
  private readonly tasks = new TaskHeap<Task>();
  private elapsedMs = 0;
  private scheduled = 0;

  /** @param epochMs the wall-clock time at which the clock starts, in milliseconds since the epoch */
  constructor(private readonly epochMs: number = Date.UTC(2026, 0, 1)) {}

  /** In whole milliseconds, as a machine's own clock shows it. */
  now(): number {
    return Math.floor(this.epochMs + this.elapsedMs);
  }

  monotonic(): number {
    return this.elapsedMs;
  }

  after(delayMs: number, task: () => void): Timer {
    const at = this.elapsedMs + Math.max(0, delayMs);
    const entry: Task = { at, order: this.scheduled++, run: task, index: -1 };
    this.tasks.add(entry);
    return { cancel: () => this.tasks.remove(entry) };
  }

  /** How many tasks wait: zero once everything that was started has been stopped. */
  get pending(): number {
    return this.tasks.size;
  }

  /**
   * Lets time pass. Between two tasks the microtask queue is drained, so that promises settled by one task are seen by
   * the next.
   */
  async advance(durationMs: number): Promise<void> {
    const end = this.elapsedMs + durationMs;
    await settle();
    for (let task = this.next(end); task; task = this.next(end)) {
      this.tasks.remove(task);
      this.elapsedMs = Math.max(this.elapsedMs, task.at);
      task.run();
      await settle();
    }
    this.elapsedMs = end;
  }

  private next(end: number): Task | undefined {
    const first = this.tasks.first();
    return first !== undefined && first.at <= end ? first : undefined;
  }
}

/** How many promise reactions may follow one another before time moves on. */
const MICROTASK_ROUNDS = 50;

/** One for all rounds: a minute of virtual time has a hundred thousand of them. */
const SETTLED = Promise.resolve();

async function settle(): Promise<void> {
  for (let round = 0; round < MICROTASK_ROUNDS; round++) await SETTLED;
}
