import type { Clock, Timer } from '@exchange-stream/market-data';
import type { UpdateSorting, LinkVerdict } from '../../contract/index.ts';
import type { BookUpdate } from './waiting-updates.ts';

/** Who takes the updates of a book in order. */
export interface OrderedTarget<Row> {
  /** What an update would be to the book as it stands; undefined while there is none. */
  verdictOn(update: BookUpdate<Row>): LinkVerdict | undefined;
  take(update: BookUpdate<Row>): void;
}

interface Held<Row> {
  readonly update: BookUpdate<Row>;
  readonly key: number;
  readonly sinceMs: number;
}

/**
 * Puts updates in order that come out of it by a little. By number, one that follows goes on at once, and only what comes
 * before its turn waits; by time nothing shows whose turn it is, so that each waits until as many have come after it, or
 * for as long as it may. What still does not follow then is the book's to judge.
 */
export class OrderedUpdates<Row> {
  /** In order. */
  private readonly held: Held<Row>[] = [];
  private timer: Timer | undefined;

  constructor(
    private readonly sorting: UpdateSorting,
    private readonly clock: Clock,
    private readonly target: OrderedTarget<Row>,
  ) {}

  /** Updates that wait for their turn. */
  get size(): number {
    return this.held.length;
  }

  add(update: BookUpdate<Row>): void {
    const key = this.sorting.by === 'id' ? update.link.last : update.exchangeTime;
    // Nothing says where it belongs: behind all that came before it.
    if (key === undefined) {
      this.flush();
      return this.target.take(update);
    }
    const { held } = this;
    let at = held.length;
    for (let before = held[at - 1]; before && before.key > key; before = held[at - 1]) at--;
    held.splice(at, 0, { update, key, sinceMs: this.clock.monotonic() });
    this.release();
  }

  /** Hands on whatever has its turn, or has waited for long enough. */
  release(): void {
    for (let first = this.held[0]; first && this.isDue(first); first = this.held[0]) this.hand(first);
    this.schedule();
  }

  /** A whole book has come: what belongs before it is in it. Returns how many that are. */
  drop(last: number | undefined, exchangeTime: number | undefined): number {
    const upTo = (this.sorting.by === 'id' ? last : exchangeTime) ?? Infinity;
    const next = this.held.findIndex(({ key }) => key > upTo);
    const contained = this.held.splice(0, next < 0 ? this.held.length : next).length;
    this.schedule();
    return contained;
  }

  /** Nothing waits any more. Returns how many have. */
  clear(): number {
    const waited = this.held.splice(0).length;
    this.schedule();
    return waited;
  }

  private flush(): void {
    for (let first = this.held[0]; first; first = this.held[0]) this.hand(first);
    this.schedule();
  }

  private hand(first: Held<Row>): void {
    this.held.shift();
    this.target.take(first.update);
  }

  private isDue({ update, sinceMs }: Held<Row>): boolean {
    const { by, updates, withinMs } = this.sorting;
    if (this.held.length > updates || this.clock.monotonic() - sinceMs >= withinMs) return true;
    if (by === 'time') return false;
    const verdict = this.target.verdictOn(update);
    return verdict !== undefined && verdict !== 'gap';
  }

  /** A quiet market is not held back: who waits goes on when its time is over. */
  private schedule(): void {
    this.timer?.cancel();
    this.timer = undefined;
    if (this.held.length === 0) return;
    const since = Math.min(...this.held.map(({ sinceMs }) => sinceMs));
    const leftMs = Math.max(0, since + this.sorting.withinMs - this.clock.monotonic());
    this.timer = this.clock.after(leftMs, () => this.overdue());
  }

  /** What has waited for too long goes on, and before it what belongs before it. */
  private overdue(): void {
    this.timer = undefined;
    const now = this.clock.monotonic();
    const last = this.held.findLastIndex(({ sinceMs }) => now - sinceMs >= this.sorting.withinMs);
    for (let index = 0; index <= last; index++) {
      const [first] = this.held;
      if (first) this.hand(first);
    }
    this.release();
  }
}
