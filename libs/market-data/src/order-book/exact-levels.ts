import { compareDecimals, isZeroDecimal } from '../decimal/decimal.ts';
import type { BookLevel } from '../event/book.ts';
import { flatText } from './flat-text.ts';
import type { SideLevels } from './side-levels.ts';

const NO_PERIOD = 0;
/** Shorter than any, none included. */
const SHORTEST = -1;

/**
 * Levels as text, whatever it is, and of several periods at one price, as in books of funding: slower and larger, and never
 * wrong about a digit.
 */
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

  count(place: number): number | undefined {
    return this.levels[place]?.[2];
  }

  placeOf(price: string, period?: number): number {
    if (period === undefined) return this.bestPlaceOf(price);
    const place = this.firstNotWorse(price, Number(price), period);
    return this.isAt(place, price, period) ? place : -1;
  }

  amountAt(price: string): number {
    let amount = 0;
    for (let place = this.bestPlaceOf(price); place >= 0 && this.isOfPrice(place, price); place--)
      amount += this.amount(place);
    return amount;
  }

  set(level: BookLevel): boolean {
    const [price, amount, , period = NO_PERIOD] = level;
    const value = Number(price);
    const place = this.firstNotWorse(price, value, period);
    const isKnown = this.isAt(place, price, period);
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
    const sorted = levels.toReversed().sort((a, b) => this.compare(a, b));
    const kept = sorted.filter((level, index) => {
      const before = sorted[index - 1];
      return !isZeroDecimal(level[1]) && !(before && this.compare(before, level) === 0);
    });
    this.levels = kept.map(owned);
    this.values = this.levels.map(([price]) => Number(price));
    return true;
  }

  dropWorst(count: number): void {
    this.levels.splice(0, count);
    this.values.splice(0, count);
  }

  /** The best place of a price, whatever the period. */
  private bestPlaceOf(price: string): number {
    const place = this.firstNotWorse(price, Number(price), SHORTEST) - 1;
    return this.isOfPrice(place, price) ? place : -1;
  }

  private isOfPrice(place: number, price: string): boolean {
    const level = this.levels[place];
    return (
      level !== undefined && this.values[place] === Number(price) && compareDecimals(level[0], price) === 0
    );
  }

  private isAt(place: number, price: string, period: number): boolean {
    return this.isOfPrice(place, price) && (this.levels[place]?.[3] ?? NO_PERIOD) === period;
  }

  private firstNotWorse(price: string, value: number, period: number): number {
    let low = 0;
    let high = this.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.isWorse(middle, price, value, period)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private isWorse(place: number, price: string, value: number, period: number): boolean {
    const difference = ((this.values[place] ?? 0) - value) * this.sign;
    if (difference !== 0) return difference < 0;
    const level = this.levels[place];
    if (!level) return false;
    const byPrice = level[0] === price ? 0 : compareDecimals(level[0], price) * this.sign;
    return byPrice === 0 ? (level[3] ?? NO_PERIOD) > period : byPrice < 0;
  }

  /** Negative when the first is worse; of one rate the longer period is. */
  private compare(a: BookLevel, b: BookLevel): number {
    return compareDecimals(a[0], b[0]) * this.sign || (b[3] ?? NO_PERIOD) - (a[3] ?? NO_PERIOD);
  }
}

/** A level that keeps nothing of a frame alive, and that nobody else holds. */
function owned([price, amount, count, period]: BookLevel): BookLevel {
  if (period !== undefined) return [flatText(price), flatText(amount), count, period];
  return count === undefined
    ? [flatText(price), flatText(amount)]
    : [flatText(price), flatText(amount), count];
}
