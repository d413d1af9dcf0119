import type { BookLevel } from '../event/book.ts';
import { ExactLevels } from './exact-levels.ts';
import { PackedLevels } from './packed-levels.ts';
import type { SideLevels } from './side-levels.ts';

/**
 * One side of an order book, as the exchange wrote it: packed as long as every digit can be kept so, else as text, until
 * it is replaced.
 */
export class BookSide {
  private readonly sign: 1 | -1;
  private readonly packed: PackedLevels;
  private levels: SideLevels;

  constructor(side: 'bids' | 'asks') {
    this.sign = side === 'bids' ? 1 : -1;
    this.levels = this.packed = new PackedLevels(this.sign);
  }

  get size(): number {
    return this.levels.size;
  }

  get best(): BookLevel | undefined {
    return this.levels.level(this.levels.size - 1);
  }

  /** As a double; `NaN` of an empty side. */
  get bestPrice(): number {
    return this.levels.price(this.levels.size - 1);
  }

  /** Counted from the best, which is 0; as a double, `NaN` behind the last. */
  price(index: number): number {
    return this.levels.price(this.levels.size - 1 - index);
  }

  /** Counted from the best, which is 0; as a double, `NaN` behind the last. */
  amount(index: number): number {
    return this.levels.amount(this.levels.size - 1 - index);
  }

  /** The level of a price. */
  find(price: string): BookLevel | undefined {
    return this.levels.level(this.levels.placeOf(price));
  }

  /** Replaces all levels; any order, levels of zero amount left out, the last of two with the same price wins. */
  replace(levels: readonly BookLevel[]): void {
    this.levels = this.packed;
    if (this.packed.replace(levels)) return;
    this.packed.replace([]);
    this.levels = new ExactLevels(this.sign);
    this.levels.replace(levels);
  }

  /** Sets one level to its amount; zero removes it. Removing an unknown price is no error. */
  set(level: BookLevel): void {
    if (this.levels.set(level)) return;
    const exact = new ExactLevels(this.sign);
    exact.replace(this.top());
    this.packed.replace([]);
    this.levels = exact;
    exact.set(level);
  }

  /** Drops what stands behind the best `count` levels. Returns the prices of it, worst first. */
  trim(count: number): string[] {
    const { levels } = this;
    const beyond = levels.size - count;
    if (beyond <= 0) return [];
    const prices = Array.from({ length: beyond }, (_, place) => levels.level(place)?.[0] ?? '');
    levels.dropWorst(beyond);
    return prices;
  }

  /** The best `count` levels, best first. */
  top(count: number = this.levels.size): BookLevel[] {
    const { size } = this.levels;
    const levels: BookLevel[] = [];
    for (let place = size - 1; place >= 0 && levels.length < count; place--) {
      const level = this.levels.level(place);
      if (level) levels.push(level);
    }
    return levels;
  }

  /** Writes price and amount of the best levels by turns. Returns how many levels. */
  read(into: Float64Array): number {
    const { levels } = this;
    const count = Math.min(levels.size, into.length >>> 1);
    for (let index = 0, place = levels.size - 1; index < count; index++, place--) {
      into[2 * index] = levels.price(place);
      into[2 * index + 1] = levels.amount(place);
    }
    return count;
  }

  /** The amounts of the best `count` levels together. */
  volume(count: number): number {
    let volume = 0;
    for (let index = 0; index < count && index < this.size; index++) volume += this.amount(index);
    return volume;
  }

  /** The amounts of all levels from the best to a price together. */
  volumeTo(price: number): number {
    let volume = 0;
    for (let index = 0; index < this.size; index++) {
      if ((this.price(index) - price) * this.sign < 0) break;
      volume += this.amount(index);
    }
    return volume;
  }

  clear(): void {
    this.replace([]);
  }
}
