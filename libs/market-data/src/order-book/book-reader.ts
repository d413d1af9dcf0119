import { compareDecimals } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';
import type { Side } from '../event/trade.ts';
import type { SideReader } from './side-reader.ts';
import { costOf, type TradeCost, type TradeSize } from './trade-cost.ts';

/** What can be read of a book by price, however it is kept. Text is the exchange's own; what is computed is a double. */
export abstract class BookReader {
  protected abstract readonly bidSide: SideReader;
  protected abstract readonly askSide: SideReader;

  /** One side, to read where it stands instead of copying it. */
  side(side: 'bids' | 'asks'): SideReader {
    return side === 'bids' ? this.bidSide : this.askSide;
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

  /**
   * The level of a price, on whichever side it stands.
   * @param periodDays of funding books: without it, that of the shortest
   */
  levelAt(price: string, periodDays?: number): BookLevel | undefined {
    return this.bidSide.find(price, periodDays) ?? this.askSide.find(price, periodDays);
  }

  /** What stands at a price, on whichever side, as a double; 0 where there is no level. */
  depthAt(price: string): number {
    return this.bidSide.depthAt(price) || this.askSide.depthAt(price);
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

  /**
   * Whether the best bid is at or above the best ask: no real book is, so this one is wrong. One of funding never counts as
   * crossed, as an offer does not meet a bid of another period.
   */
  get crossed(): boolean {
    const bid = this.bidSide.bestPrice;
    const ask = this.askSide.bestPrice;
    if (!(bid >= ask)) return false;
    const [bidText = '', , , period] = this.bidSide.best ?? [];
    const [askText = ''] = this.askSide.best ?? [];
    // Two texts may be one double.
    return period === undefined && (bid > ask || compareDecimals(bidText, askText) >= 0);
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
    return this.side(side).volumeTo(price);
  }

  /**
   * What buying from the asks or selling to the bids comes to.
   * @throws RangeError for a size that is not above zero
   */
  costOf(side: Side, size: TradeSize): TradeCost {
    return costOf(side === 'buy' ? this.askSide : this.bidSide, size);
  }
}
