/** A task in a heap: when it is due, and its place among those of the same instant. */
export interface HeapTask {
  readonly at: number;
  readonly order: number;
  /** Where the heap keeps it; -1 outside. Only the heap writes it. */
  index: number;
}

/** Tasks by time, the earliest first, those of one instant in their order. Adding and removing cost log n. */
export class TaskHeap<T extends HeapTask> {
  private readonly tasks: T[] = [];

  get size(): number {
    return this.tasks.length;
  }

  /** The earliest task. */
  first(): T | undefined {
    return this.tasks[0];
  }

  add(task: T): void {
    this.tasks.push(task);
    this.rise(task, this.tasks.length - 1);
  }

  /** Takes a task out, wherever it stands; one that is not in the heap is left alone. */
  remove(task: T): void {
    const { index } = task;
    if (index < 0) return;
    task.index = -1;
    const last = this.tasks.pop();
    if (last === undefined || last === task) return;
    // The one that fills the place may belong above it or below it.
    this.rise(last, index);
    this.sink(last, last.index);
  }

  private rise(task: T, from: number): void {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.tasks[above];
      if (parent === undefined || isBefore(parent, task)) break;
      this.place(parent, index);
      index = above;
    }
    this.place(task, index);
  }

  private sink(task: T, from: number): void {
    let index = from;
    for (;;) {
      const left = this.tasks[2 * index + 1];
      if (left === undefined) break;
      const right = this.tasks[2 * index + 2];
      const child = right !== undefined && isBefore(right, left) ? right : left;
      if (isBefore(task, child)) break;
      const below = child.index;
      this.place(child, index);
      index = below;
    }
    this.place(task, index);
  }

  private place(task: T, index: number): void {
    this.tasks[index] = task;
    task.index = index;
  }
}

function isBefore(a: HeapTask, b: HeapTask): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
