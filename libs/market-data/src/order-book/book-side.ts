import { compareDecimals, isZeroDecimal } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';

/**
 * One side of an order book, as the exchange wrote it. Levels are kept worst first, best last: nine of ten changes are
 * near the best price, so that is the cheap end to insert and remove at.
 */
export class BookSide {
  private levels: BookLevel[] = [];
  /** The price of each level as a double, to search by; equal doubles are told apart by their text. */
  private values: number[] = [];
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
    this.values = this.levels.map(([price]) => Number(price));
  }

  /** Sets one level to its amount; zero removes it. Removing an unknown price is no error. */
  set(level: BookLevel): void {
    const value = Number(level[0]);
    const index = this.position(level[0], value);
    const known = this.levels[index];
    const isKnown =
      known !== undefined && this.values[index] === value && compareDecimals(known[0], level[0]) === 0;
    if (isZeroDecimal(level[1])) {
      if (!isKnown) return;
      this.levels.splice(index, 1);
      this.values.splice(index, 1);
    } else if (isKnown) {
      this.levels[index] = level;
    } else {
      this.levels.splice(index, 0, level);
      this.values.splice(index, 0, value);
    }
  }

  /** The best `count` levels, best first. */
  top(count: number = this.levels.length): BookLevel[] {
    return this.levels.slice(Math.max(0, this.levels.length - count)).reverse();
  }

  clear(): void {
    this.levels = [];
    this.values = [];
  }

  /** Index of the first level whose price is as good as this one or better. */
  private position(price: string, value: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isWorse(middle, price, value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isWorse(index: number, price: string, value: number): boolean {
    const difference = ((this.values[index] ?? 0) - value) * this.direction;
    if (difference !== 0) return difference < 0;
    const level = this.levels[index];
    return level !== undefined && level[0] !== price && compareDecimals(level[0], price) * this.direction < 0;
  }
}
