import type { BookReader, SideReader } from '@exchange-stream/market-data';

/** A book of which less than this part of its seed is left on one side needs a fresh one. */
const ENOUGH = 0.5;

/** Updates between two tries to have one: every try costs the exchange's requests. */
const UPDATES_BETWEEN = 100;

/**
 * How far a book is known that is built on a seed which was cut off at so many levels. Of levels behind its last one only
 * those are known that have changed since; once the market has moved there, a best price would be missing or wrong.
 */
export class SeedReach {
  private bid = 0;
  private ask = Infinity;
  private updates = 0;

  /** @param depth levels of each side that were asked for; undefined where all were */
  constructor(private readonly depth: number | undefined) {}

  /** The book holds a seed, and is built on it from here on. */
  begin(book: BookReader): void {
    const { depth = Infinity } = this;
    const [bids, asks] = [book.side('bids'), book.side('asks')];
    this.bid = bids.size < depth ? 0 : worst(bids);
    this.ask = asks.size < depth ? Infinity : worst(asks);
    this.updates = UPDATES_BETWEEN;
  }

  /** The whole book is known. */
  forget(): void {
    this.bid = 0;
    this.ask = Infinity;
  }

  /** Nothing of one side is known any more. */
  isExceeded(book: BookReader): boolean {
    return this.isShorterThan(1, book);
  }

  /** Whether a fresh seed should be had, before too little is known; asked after every update. */
  isShort(book: BookReader): boolean {
    if (this.depth === undefined || ++this.updates < UPDATES_BETWEEN) return false;
    if (!this.isShorterThan(Math.ceil(this.depth * ENOUGH), book)) return false;
    this.updates = 0;
    return true;
  }

  /** Whether one side has fewer levels than that from the best to the last of the seed. */
  private isShorterThan(levels: number, book: BookReader): boolean {
    // A side that is not cut off is known however few its levels are; `NaN` is behind the last level.
    if (this.bid > 0 && !(book.side('bids').price(levels - 1) >= this.bid)) return true;
    return this.ask < Infinity && !(book.side('asks').price(levels - 1) <= this.ask);
  }
}

function worst(side: SideReader): number {
  return side.price(side.size - 1);
}
