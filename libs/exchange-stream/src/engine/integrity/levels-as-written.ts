import { isZeroDecimal, type BookLevel, type SideReader } from '@exchange-stream/market-data';
import type { LevelsOnTheWire } from '../../contract/index.ts';

/**
 * How the exchange wrote the levels of one side whose text is another (`7e-7` for `0.0000007`), beside the book that has
 * the text: what checksums are made of. No more of them than there are levels.
 */
export class LevelsAsWritten {
  /** By the text of the price. */
  private readonly written = new Map<string, BookLevel>();

  constructor(private readonly side: SideReader) {}

  /** How many levels are kept so. */
  get size(): number {
    return this.written.size;
  }

  /** These levels are new in the book, changed, or gone. */
  changed(levels: readonly BookLevel[], onTheWire: LevelsOnTheWire | undefined): void {
    const { written } = this;
    if (!onTheWire && written.size === 0) return;
    for (const level of levels) {
      const [price, amount] = level;
      const wire = onTheWire?.get(level);
      if (!wire || isZeroDecimal(amount)) written.delete(price);
      else written.set(whole(price), [whole(wire[0]), whole(wire[1])]);
    }
    if (written.size > this.side.size) this.forgetOthers();
  }

  clear(): void {
    this.written.clear();
  }

  /** The same levels as the exchange wrote them. */
  of(levels: readonly BookLevel[]): readonly BookLevel[] {
    const { written } = this;
    return written.size === 0 ? levels : levels.map((level) => written.get(level[0]) ?? level);
  }

  /** Levels that have gone since behind the depth of the book, or whose price is written otherwise now. */
  private forgetOthers(): void {
    for (const price of this.written.keys())
      if (this.side.find(price)?.[0] !== price) this.written.delete(price);
  }
}

/** A text of its own: what is cut out of a frame would keep the frame. */
function whole(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
