export type Side = 'bid' | 'ask';

/** The price levels of one side of a book in ticks and lots, best first. */
export class BookSide {
  private readonly prices: number[] = [];
  private readonly amounts: number[] = [];

  constructor(private readonly side: Side) {}

  copy(): BookSide {
    const copy = new BookSide(this.side);
    copy.prices.push(...this.prices);
    copy.amounts.push(...this.amounts);
    return copy;
  }

  get length(): number {
    return this.prices.length;
  }

  /** Price of the level at the given rank, 0 the best; undefined past the end. */
  price(rank: number): number | undefined {
    return this.prices[rank];
  }

  amount(rank: number): number {
    return this.amounts[rank] ?? 0;
  }

  amountAt(ticks: number): number {
    const rank = this.rankOf(ticks);
    return this.prices[rank] === ticks ? this.amount(rank) : 0;
  }

  /** Sets what rests at a price; zero removes the level. */
  set(ticks: number, lots: number): void {
    const rank = this.rankOf(ticks);
    const present = this.prices[rank] === ticks;
    if (lots === 0) {
      if (!present) return;
      this.prices.splice(rank, 1);
      this.amounts.splice(rank, 1);
    } else if (present) {
      this.amounts[rank] = lots;
    } else {
      this.prices.splice(rank, 0, ticks);
      this.amounts.splice(rank, 0, lots);
    }
  }

  /** Rank at which a price stands, or would stand. */
  private rankOf(ticks: number): number {
    let low = 0;
    let high = this.prices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const price = this.prices[middle] ?? 0;
      if (this.side === 'bid' ? price > ticks : price < ticks) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
