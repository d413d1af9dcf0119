import type { BookLevel } from '../event/book.ts';
import { BookReader } from './book-reader.ts';
import { BookSide } from './book-side.ts';

/**
 * An order book by price that keeps the exchange's exact text and order. Text comes out as it came in; what is computed
 * from it is a double.
 */
export class OrderBook extends BookReader {
  protected readonly bidSide = new BookSide('bids');
  protected readonly askSide = new BookSide('asks');

  /** Replaces the whole book. */
  applySnapshot(bids: readonly BookLevel[], asks: readonly BookLevel[]): void {
    this.bidSide.replace(bids);
    this.askSide.replace(asks);
  }

  /** Applies changed levels: each amount replaces the old one, zero removes the level. */
  applyUpdate(bids: readonly BookLevel[], asks: readonly BookLevel[]): void {
    for (const level of bids) this.bidSide.set(level);
    for (const level of asks) this.askSide.set(level);
  }

  /**
   * Drops what stands behind the best `depth` levels of each side, as an exchange does that streams only so many. Returns
   * the update that says so.
   */
  trim(depth: number): { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] } {
    return { bids: this.bidSide.trim(depth), asks: this.askSide.trim(depth) };
  }

  clear(): void {
    this.bidSide.clear();
    this.askSide.clear();
  }
}
