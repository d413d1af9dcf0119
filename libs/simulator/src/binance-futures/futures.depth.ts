import { DepthDiffWindow, type DepthDiff } from '../market/depth-diff.ts';
import type { BookChange, OrderBook } from '../market/order-book.ts';
import type { DepthLink } from './futures.frames.ts';
import type { DepthSpeed } from './futures.streams.ts';

export const DEPTH_SPEEDS: readonly DepthSpeed[] = [100, 250, 500];

/** The changes of one book at one speed, and the ids of the latest publication, which tops of the book bear too. */
export class DepthPublication {
  latest: DepthLink;
  private window: DepthDiffWindow;

  constructor(private readonly book: OrderBook) {
    this.window = new DepthDiffWindow(book.lastUpdateId);
    this.latest = linkAt(book.lastUpdateId);
  }

  add(change: BookChange): void {
    this.window.add(change);
  }

  take(): DepthDiff | undefined {
    const diff = this.window.take();
    if (diff !== undefined) this.latest = diff;
    return diff;
  }

  /** From where the book stands now. */
  countAnew(): void {
    this.window = new DepthDiffWindow(this.book.lastUpdateId);
    this.latest = linkAt(this.book.lastUpdateId);
  }
}

function linkAt(updateId: number): DepthLink {
  return { previousUpdateId: updateId, firstUpdateId: updateId, lastUpdateId: updateId };
}
