import { compareDecimals } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';
import type { Side } from '../event/trade.ts';
import { BookSide } from './book-side.ts';
import { costOf, type TradeCost, type TradeSize } from './trade-cost.ts';

/**
 * An order book by price that keeps the exchange's exact text and order. Text comes out as it came in; what is computed
 * from it is a double.
 */
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

  /**
   * Drops what stands behind the best `depth` levels of each side, as an exchange does that streams only so many. Returns
   * the prices that were dropped.
   */
  trim(depth: number): { readonly bids: readonly string[]; readonly asks: readonly string[] } {
    return { bids: this.bidSide.trim(depth), asks: this.askSide.trim(depth) };
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

  /** The level of a price, on whichever side it stands. */
  levelAt(price: string): BookLevel | undefined {
    return this.bidSide.find(price) ?? this.askSide.find(price);
  }

  /**
   * Writes the best bids into an array that is yours, without making anything: price and amount by turns, best first.
   * Returns how many levels it wrote: all that there are, or as many as fit.
   */
  readBids(into: Float64Array): number {
    return this.bidSide.read(into);
  }

  /** The best asks, as `readBids` does. */
  readAsks(into: Float64Array): number {
    return this.askSide.read(into);
  }

  /** Number of levels per side. */
  get depth(): { readonly bids: number; readonly asks: number } {
    return { bids: this.bidSide.size, asks: this.askSide.size };
  }

  /** Whether the best bid is at or above the best ask: no real book is, so this one is wrong. */
  get crossed(): boolean {
    const bid = this.bidSide.bestPrice;
    const ask = this.askSide.bestPrice;
    if (bid !== ask) return bid > ask;
    // Two texts may be one double.
    const [bidText = ''] = this.bidSide.best ?? [];
    const [askText = ''] = this.askSide.best ?? [];
    return compareDecimals(bidText, askText) >= 0;
  }

  /** Between the best bid and the best ask; `NaN` while a side is empty. */
  get mid(): number {
    return (this.bidSide.bestPrice + this.askSide.bestPrice) / 2;
  }

  /** From the best bid to the best ask; `NaN` while a side is empty. */
  get spread(): number {
    return this.askSide.bestPrice - this.bidSide.bestPrice;
  }

  /**
   * Which way the book leans, by the amounts of the best levels of both sides: 1 where there are bids only, -1 where
   * there are asks only, `NaN` in an empty book.
   * @param levels how many of each side count
   */
  imbalance(levels = 1): number {
    const bids = this.bidSide.volume(levels);
    const asks = this.askSide.volume(levels);
    return (bids - asks) / (bids + asks);
  }

  /** The amount on one side, from the best level to a price, that one included. */
  volumeTo(side: 'bids' | 'asks', price: number): number {
    return (side === 'bids' ? this.bidSide : this.askSide).volumeTo(price);
  }

  /**
   * What buying from the asks or selling to the bids comes to.
   * @throws RangeError for a size that is not above zero
   */
  costOf(side: Side, size: TradeSize): TradeCost {
    return costOf(side === 'buy' ? this.askSide : this.bidSide, size);
  }
}
