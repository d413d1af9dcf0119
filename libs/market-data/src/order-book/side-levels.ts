import type { BookLevel } from '../event/book.ts';

/**
 * The levels of one side of a book by place, 0 the worst: changes are near the best price, so that is the cheap end to
 * insert and remove at.
 */
export interface SideLevels {
  readonly size: number;
  /** As a double; `NaN` where there is none. */
  price(place: number): number;
  /** As a double; `NaN` where there is none. */
  amount(place: number): number;
  /** How many orders stand there; undefined where that is not said. */
  count(place: number): number | undefined;
  /** As the exchange wrote it. */
  level(place: number): BookLevel | undefined;
  /** The place of a price, of the shortest period where there are several and none is given; -1 where there is none. */
  placeOf(price: string, period?: number): number;
  /** What stands at a price, of all its periods, as a double; 0 where there is none. */
  amountAt(price: string): number;
  /**
   * Sets one level to its amount; zero removes it, and it is no error if it was not there. Returns whether these levels
   * can hold it; nothing has changed if not.
   */
  set(level: BookLevel): boolean;
  /** Drops the `count` worst levels. */
  dropWorst(count: number): void;
  /**
   * Replaces all levels, in any order, best first fastest; zero amounts are left out, of two with the same price the last
   * wins. Returns whether these levels can hold them; if not, what they hold is of no use any more.
   */
  replace(levels: readonly BookLevel[]): boolean;
}
