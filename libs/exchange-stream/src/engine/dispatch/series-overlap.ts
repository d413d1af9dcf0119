/** Events that may wait: some minutes of the busiest markets. */
const MAX_WAITING = 10_000;

/** An event of the fresh connection that the old one has not brought yet. */
export interface WaitingEvent {
  readonly id: string;
  deliver(): void;
}

/** What two connections bring of a series of events of which each counts for itself, told apart by their ids. */
export class SeriesOverlap {
  private readonly waiting = new Map<string, WaitingEvent>();
  private repeated = 0;
  private isCommon = false;
  /** The old connection has brought one that the fresh one, further on, had not. */
  private isDisjoint = false;

  /** @param had whether the flow has had the event of an id */
  constructor(private readonly had: (id: string) => boolean) {}

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

  /** The flow has one from the old connection. */
  told(id: string): void {
    if (this.waiting.delete(id)) this.found();
    else if (this.waiting.size > 0) this.isDisjoint = true;
  }

  /** The fresh connection has brought an event. */
  arrived(event: WaitingEvent): void {
    if (this.had(event.id)) return this.found();
    this.waiting.set(event.id, event);
    // So far behind, the old connection does not come after: what waits longest is what it will not bring.
    if (this.waiting.size > MAX_WAITING) this.waiting.delete(first(this.waiting.keys()) ?? '');
  }

  /** The change has been made. Returns the events that the flow lacks, in order, and how many it had already. */
  finish(): { readonly missing: readonly WaitingEvent[]; readonly repeated: number } {
    const missing = [...this.waiting.values()];
    this.waiting.clear();
    return { missing, repeated: this.repeated };
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
