import { compareDecimals, isZeroDecimal } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';

/**
 * One side of an order book, as the exchange wrote it. Levels are kept worst first, best last: nine of ten changes are
 * near the best price, so that is the cheap end to insert and remove at.
 */
export class BookSide {
  private levels: BookLevel[] = [];
  private readonly direction: 1 | -1;

  constructor(side: 'bids' | 'asks') {
    this.direction = side === 'bids' ? 1 : -1;
  }

  get size(): number {
    return this.levels.length;
  }

  get best(): BookLevel | undefined {
    return this.levels.at(-1);
  }

  /** Replaces all levels; any order, levels of zero amount left out, the last of two with the same price wins. */
  replace(levels: readonly BookLevel[]): void {
    // Exchanges send the best level first, so the reverse is all but sorted; of equal prices the last stands first in it.
    const sorted = levels.toReversed().sort((a, b) => compareDecimals(a[0], b[0]) * this.direction);
    this.levels = sorted.filter((level, index) => {
      const before = sorted[index - 1];
      return !isZeroDecimal(level[1]) && !(before && compareDecimals(before[0], level[0]) === 0);
    });
  }

  /** Sets one level to its amount; zero removes it. Removing an unknown price is no error. */
  set(level: BookLevel): void {
    const index = this.position(level[0]);
    const known = this.levels[index];
    const replaces = known !== undefined && compareDecimals(known[0], level[0]) === 0;
    if (isZeroDecimal(level[1])) {
      if (replaces) this.levels.splice(index, 1);
    } else {
      this.levels.splice(index, replaces ? 1 : 0, level);
    }
  }

  /** The best `count` levels, best first. */
  top(count: number = this.levels.length): BookLevel[] {
    const levels: BookLevel[] = [];
    for (let index = this.levels.length - 1; index >= 0 && levels.length < count; index--) {
      const level = this.levels[index];
      if (level) levels.push(level);
    }
    return levels;
  }

  clear(): void {
    this.levels = [];
  }

  /** Index of the first level whose price is as good as this one or better. */
  private position(price: string): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const level = this.levels[middle];
      if (level && compareDecimals(level[0], price) * this.direction < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
