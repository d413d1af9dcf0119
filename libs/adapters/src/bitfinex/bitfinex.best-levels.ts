import { compareDecimals, isZeroDecimal, type BookLevel } from '@exchange-stream/market-data';

/** Levels of a side that are kept, where one is all that there should be: the new best one comes before the old one goes. */
const MAX_LEVELS = 8;

/**
 * The best bid and ask of a book of one level each side. Bitfinex's tickers have the best prices too, but not what is
 * wanted there: their amounts are the sums of 25 levels.
 */
export class BestLevels {
  private bids: readonly BookLevel[] = [];
  private asks: readonly BookLevel[] = [];
  private isWhole = false;

  replace(bids: readonly BookLevel[], asks: readonly BookLevel[]): void {
    this.bids = bids.slice(0, MAX_LEVELS);
    this.asks = asks.slice(0, MAX_LEVELS);
    this.isWhole = true;
  }

  /** Returns whether a quote can be made of it. */
  change(bids: readonly BookLevel[], asks: readonly BookLevel[]): boolean {
    for (const level of bids) this.bids = changed(this.bids, level);
    for (const level of asks) this.asks = changed(this.asks, level);
    return this.isWhole;
  }

  /** Something of it may be missing: nothing is known before the next snapshot. */
  forget(): void {
    this.isWhole = false;
    this.bids = this.asks = [];
  }

  /** Undefined where there is none. */
  get bid(): BookLevel | undefined {
    return best(this.bids, 1);
  }

  get ask(): BookLevel | undefined {
    return best(this.asks, -1);
  }
}

function changed(levels: readonly BookLevel[], level: BookLevel): readonly BookLevel[] {
  const others = levels.filter((other) => !isSame(other, level));
  if (!isZeroDecimal(level[1])) others.push(level);
  return others.slice(-MAX_LEVELS);
}

function isSame([price, , , period]: BookLevel, [otherPrice, , , otherPeriod]: BookLevel): boolean {
  return period === otherPeriod && compareDecimals(price, otherPrice) === 0;
}

function best(levels: readonly BookLevel[], sign: number): BookLevel | undefined {
  let found: BookLevel | undefined;
  for (const level of levels) if (!found || sign * compareDecimals(level[0], found[0]) > 0) found = level;
  return found;
}
