import { compareDecimals, isZeroDecimal } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';
import { flatText } from './flat-text.ts';
import type { SideLevels } from './side-levels.ts';

/** Levels as text, whatever it is: slower and larger, and never wrong about a digit. */
export class ExactLevels implements SideLevels {
  private levels: BookLevel[] = [];
  /** The price of each level as a double, to search by; equal doubles are told apart by their text. */
  private values: number[] = [];

  constructor(private readonly sign: 1 | -1) {}

  get size(): number {
    return this.levels.length;
  }

  price(place: number): number {
    return this.values[place] ?? NaN;
  }

  amount(place: number): number {
    return Number(this.levels[place]?.[1] ?? NaN);
  }

  level(place: number): BookLevel | undefined {
    return this.levels[place];
  }

  placeOf(price: string): number {
    const value = Number(price);
    const place = this.firstNotWorse(price, value);
    return this.isAt(place, price, value) ? place : -1;
  }

  set(level: BookLevel): boolean {
    const [price, amount] = level;
    const value = Number(price);
    const place = this.firstNotWorse(price, value);
    const isKnown = this.isAt(place, price, value);
    if (isZeroDecimal(amount)) {
      if (isKnown) {
        this.levels.splice(place, 1);
        this.values.splice(place, 1);
      }
    } else if (isKnown) {
      this.levels[place] = owned(level);
    } else {
      this.levels.splice(place, 0, owned(level));
      this.values.splice(place, 0, value);
    }
    return true;
  }

  replace(levels: readonly BookLevel[]): boolean {
    // Exchanges send the best level first, so the reverse is all but sorted; of equal prices the last stands first in it.
    const sorted = levels.toReversed().sort((a, b) => compareDecimals(a[0], b[0]) * this.sign);
    const kept = sorted.filter((level, index) => {
      const before = sorted[index - 1];
      return !isZeroDecimal(level[1]) && !(before && compareDecimals(before[0], level[0]) === 0);
    });
    this.levels = kept.map(owned);
    this.values = this.levels.map(([price]) => Number(price));
    return true;
  }

  dropWorst(count: number): void {
    this.levels.splice(0, count);
    this.values.splice(0, count);
  }

  private isAt(place: number, price: string, value: number): boolean {
    const level = this.levels[place];
    return level !== undefined && this.values[place] === value && compareDecimals(level[0], price) === 0;
  }

  private firstNotWorse(price: string, value: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isWorse(middle, price, value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isWorse(place: number, price: string, value: number): boolean {
    const difference = ((this.values[place] ?? 0) - value) * this.sign;
    if (difference !== 0) return difference < 0;
    const level = this.levels[place];
    return level !== undefined && level[0] !== price && compareDecimals(level[0], price) * this.sign < 0;
  }
}

/** A level that keeps nothing of a frame alive, and that nobody else holds. */
function owned([price, amount]: BookLevel): BookLevel {
  return [flatText(price), flatText(amount)];
}
