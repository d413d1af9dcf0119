import type { BookLevel } from '../event/book.ts';
import { ExactLevels } from './exact-levels.ts';
import { PackedLevels } from './packed-levels.ts';
import type { SideLevels } from './side-levels.ts';
import { SideReader } from './side-reader.ts';

/**
 * One side of an order book, as the exchange wrote it: packed as long as every digit can be kept so, else as text, until
 * it is replaced.
 */
export class BookSide extends SideReader {
  private readonly sign: 1 | -1;
  private readonly packed: PackedLevels;
  private levels: SideLevels;

  constructor(side: 'bids' | 'asks') {
    super(side);
    this.sign = side === 'bids' ? 1 : -1;
    this.levels = this.packed = new PackedLevels(this.sign);
  }

  get size(): number {
    return this.levels.size;
  }

  price(index: number): number {
    return this.levels.price(this.levels.size - 1 - index);
  }

  amount(index: number): number {
    return this.levels.amount(this.levels.size - 1 - index);
  }

  count(index: number): number | undefined {
    return this.levels.count(this.levels.size - 1 - index);
  }

  level(index: number): BookLevel | undefined {
    return this.levels.level(this.levels.size - 1 - index);
  }

  find(price: string, period?: number): BookLevel | undefined {
    return this.levels.level(this.levels.placeOf(price, period));
  }

  depthAt(price: string): number {
    return this.levels.amountAt(price);
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

  /** Drops what stands behind the best `count` levels. Returns the update that says so, worst level first. */
  trim(count: number): BookLevel[] {
    const { levels } = this;
    const beyond = levels.size - count;
    if (beyond <= 0) return [];
    const removals: BookLevel[] = [];
    for (let place = 0; place < beyond; place++) {
      const [price = '', , , period] = levels.level(place) ?? [];
      removals.push(period === undefined ? [price, '0'] : [price, '0', 0, period]);
    }
    levels.dropWorst(beyond);
    return removals;
  }

  override read(into: Float64Array): number {
    const { levels } = this;
    const count = Math.min(levels.size, into.length >>> 1);
    for (let index = 0, place = levels.size - 1; index < count; index++, place--) {
      into[2 * index] = levels.price(place);
      into[2 * index + 1] = levels.amount(place);
    }
    return count;
  }

  clear(): void {
    this.replace([]);
  }
}
