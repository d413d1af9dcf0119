import { compareDecimals } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';
import { BookSide } from './book-side.ts';

/** An order book by price that keeps the exchange's exact text and order. */
export class OrderBook {
  private readonly bidSide = new BookSide('bids');
  private readonly askSide = new BookSide('asks');

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

  clear(): void {
    this.bidSide.clear();
    this.askSide.clear();
  }

  get bestBid(): BookLevel | undefined {
    return this.bidSide.best;
  }

  get bestAsk(): BookLevel | undefined {
    return this.askSide.best;
  }

  /** The best bids, best first; all of them without a count. */
  bids(count?: number): BookLevel[] {
    return this.bidSide.top(count);
  }

  /** The best asks, best first; all of them without a count. */
  asks(count?: number): BookLevel[] {
    return this.askSide.top(count);
  }

  /** Number of levels per side. */
  get depth(): { readonly bids: number; readonly asks: number } {
    return { bids: this.bidSide.size, asks: this.askSide.size };
  }

  /** Whether the best bid is at or above the best ask: no real book is, so this one is wrong. */
  get crossed(): boolean {
    const bid = this.bidSide.best;
    const ask = this.askSide.best;
    return bid !== undefined && ask !== undefined && compareDecimals(bid[0], ask[0]) >= 0;
  }
}
