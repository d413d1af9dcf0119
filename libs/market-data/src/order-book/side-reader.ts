import type { BookLevel } from '../event/book.ts';

/**
 * One side of a book by price, read where it stands: nothing is copied, and what is read later shows later changes. Levels
 * are counted from the best, which is 0. A loop over it makes each level as it comes to it.
 */
export abstract class SideReader implements Iterable<BookLevel> {
  constructor(protected readonly side: 'bids' | 'asks') {}

  /** Number of levels. */
  abstract get size(): number;

  /** As a double; `NaN` behind the last. */
  abstract price(index: number): number;

  /** As a double; `NaN` behind the last. */
  abstract amount(index: number): number;

  /** How many orders stand there; undefined where the exchange does not say so, and behind the last. */
  abstract count(index: number): number | undefined;

  /** As the exchange wrote it; undefined behind the last. */
  abstract level(index: number): BookLevel | undefined;

  /** The level of a price, however that is written; of the shortest period where there are several and none is given. */
  abstract find(price: string, period?: number): BookLevel | undefined;

  /** What stands at a price, of all its periods, as a double; 0 where there is no level. */
  abstract depthAt(price: string): number;

  get best(): BookLevel | undefined {
    return this.level(0);
  }

  /** As a double; `NaN` of an empty side. */
  get bestPrice(): number {
    return this.price(0);
  }

  /** The best `count` levels, best first. */
  top(count: number = this.size): BookLevel[] {
    const levels: BookLevel[] = [];
    for (let index = 0; index < this.size && levels.length < count; index++) {
      const level = this.level(index);
      if (level) levels.push(level);
    }
    return levels;
  }

  /** Writes price and amount of the best levels by turns. Returns how many levels. */
  read(into: Float64Array): number {
    const count = Math.min(this.size, into.length >>> 1);
    for (let index = 0; index < count; index++) {
      into[2 * index] = this.price(index);
      into[2 * index + 1] = this.amount(index);
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
      const there = this.price(index);
      if (this.side === 'bids' ? there < price : there > price) break;
      volume += this.amount(index);
    }
    return volume;
  }

  *[Symbol.iterator](): Iterator<BookLevel> {
    for (let index = 0; index < this.size; index++) {
      const level = this.level(index);
      if (level) yield level;
    }
  }
}
