/** How much is remembered of an overlap, and for how long. */
export interface OverlapBounds {
  /** Events that are remembered, and events that may wait. */
  readonly capacity: number;
  /** How long after the change of connections an event may come a second time, in milliseconds. */
  readonly repeatsWithinMs: number;
}

/** An event of the fresh connection that the old one has not brought yet. */
export interface WaitingEvent {
  readonly id: string;
  deliver(): void;
}

/** What two connections bring of a series of events of which each counts for itself, told apart by their ids. */
export class SeriesOverlap {
  private readonly delivered = new Set<string>();
  private readonly waiting = new Map<string, WaitingEvent>();
  private endsAt = Number.POSITIVE_INFINITY;
  private repeated = 0;
  private isCommon = false;
  /** The old connection has brought one that the fresh one, further on, had not. */
  private isDisjoint = false;

  constructor(private readonly bounds: OverlapBounds) {}

  /** Whether one event has come on both connections: then neither misses what came after it on the other. */
  get isProven(): boolean {
    return this.isCommon;
  }

  /** Whether both connections have gone on bringing events, and never the same. */
  get isIncomparable(): boolean {
    return this.isDisjoint && !this.isCommon;
  }

  /** Events that only the fresh connection has brought. */
  get ahead(): number {
    return this.waiting.size;
  }

  /** The flow is about to deliver an event. Returns whether it has done so before. */
  isRepeated(id: string): boolean {
    if (this.delivered.has(id)) return true;
    this.delivered.add(id);
    if (this.delivered.size > this.bounds.capacity) this.delivered.delete(first(this.delivered) ?? '');
    if (this.waiting.delete(id)) this.found();
    else if (this.waiting.size > 0) this.isDisjoint = true;
    return false;
  }

  /** The fresh connection has brought an event. */
  arrived(event: WaitingEvent): void {
    if (this.delivered.has(event.id)) return this.found();
    this.waiting.set(event.id, event);
    // So far behind, the old connection does not come after: what waits longest is what it will not bring.
    if (this.waiting.size > this.bounds.capacity) this.waiting.delete(first(this.waiting.keys()) ?? '');
  }

  /** The change has been made. Returns the events that the flow lacks, in order, and how many it had already. */
  finish(nowMs: number): { readonly missing: readonly WaitingEvent[]; readonly repeated: number } {
    this.endsAt = nowMs + this.bounds.repeatsWithinMs;
    const missing = [...this.waiting.values()];
    this.waiting.clear();
    return { missing, repeated: this.repeated };
  }

  isOver(nowMs: number): boolean {
    return nowMs >= this.endsAt;
  }

  private found(): void {
    this.isCommon = true;
    this.repeated++;
  }
}

function first<T>(values: Iterable<T>): T | undefined {
  for (const value of values) return value;
  return undefined;
}
