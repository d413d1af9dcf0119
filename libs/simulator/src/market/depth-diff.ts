import type { BookChange } from './order-book.ts';

/** Levels that changed between two publications; `lots` zero removes a level. */
export interface DepthDiff {
  /** Id of the last change that was published before. */
  readonly previousUpdateId: number;
  readonly firstUpdateId: number;
  readonly lastUpdateId: number;
  readonly bids: readonly (readonly [ticks: number, lots: number])[];
  readonly asks: readonly (readonly [ticks: number, lots: number])[];
}

/**
 * Collects a book's changes until the next publication of one speed. Windows are the exchange's, not a subscriber's:
 * everybody gets the same first and last id, and a REST book taken between two publications lies inside the next one.
 */
export class DepthDiffWindow {
  private readonly bids = new Map<number, number>();
  private readonly asks = new Map<number, number>();
  private firstUpdateId: number | undefined;
  private lastUpdateId: number;

  /** @param publishedUpdateId id of the last change that is already known to everybody */
  constructor(private publishedUpdateId: number) {
    this.lastUpdateId = publishedUpdateId;
  }

  add({ side, ticks, lots, updateId }: BookChange): void {
    (side === 'bid' ? this.bids : this.asks).set(ticks, lots);
    this.firstUpdateId ??= updateId;
    this.lastUpdateId = updateId;
  }

  /** The changes since the last take; undefined when nothing changed. */
  take(): DepthDiff | undefined {
    if (this.firstUpdateId === undefined) return undefined;
    const diff = {
      previousUpdateId: this.publishedUpdateId,
      firstUpdateId: this.firstUpdateId,
      lastUpdateId: this.lastUpdateId,
      bids: [...this.bids].sort(([a], [b]) => b - a),
      asks: [...this.asks].sort(([a], [b]) => a - b),
    };
    this.publishedUpdateId = this.lastUpdateId;
    this.firstUpdateId = undefined;
    this.bids.clear();
    this.asks.clear();
    return diff;
  }
}
