import type { BookLevel } from '@exchange-stream/market-data';
import type { BookLink } from '../../contract/index.ts';

/** Updates that may wait for a seed; more means that the seed will not come in time. */
export const MAX_WAITING_UPDATES = 10_000;

/** Changed levels or orders, and where they belong. */
export interface BookUpdate<Row = BookLevel> {
  readonly link: BookLink;
  readonly bids: readonly Row[];
  readonly asks: readonly Row[];
  readonly exchangeTime: number | undefined;
}

/** The updates of a book that wait for the whole book on which they are built, in the order in which they came. */
export class WaitingUpdates<Row = BookLevel> {
  private updates: BookUpdate<Row>[] = [];

  get size(): number {
    return this.updates.length;
  }

  get isFull(): boolean {
    return this.updates.length >= MAX_WAITING_UPDATES;
  }

  get newest(): BookUpdate<Row> | undefined {
    return this.updates.at(-1);
  }

  add(update: BookUpdate<Row>): void {
    this.updates.push(update);
  }

  /** The first that is not what the filter knows. */
  find(filter: (update: BookUpdate<Row>) => boolean): BookUpdate<Row> | undefined {
    return this.updates.find(filter);
  }

  /** Nothing waits any more. Returns what has. */
  take(): readonly BookUpdate<Row>[] {
    const { updates } = this;
    this.updates = [];
    return updates;
  }
}
