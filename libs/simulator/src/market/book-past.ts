import { BookSide, type Side } from './book-side.ts';

/** Changes that can be taken back: those of some minutes in a busy market. */
const KEPT = 10_000;

/** What was before a change. A book that was counted anew had another number, and the same levels. */
interface Step {
  readonly updateId: number;
  readonly level?: { readonly side: Side; readonly ticks: number; readonly lots: number };
}

export interface BookSides {
  readonly bids: BookSide;
  readonly asks: BookSide;
}

/** The way back from a book as it stands to what it was. */
export class BookPast {
  private readonly steps: Step[] = [];

  /** A change is about to be made. */
  add(step: Step): void {
    this.steps.push(step);
    if (this.steps.length >= 2 * KEPT) this.steps.splice(0, KEPT);
  }

  /**
   * The book when it had this number last; undefined where that is too long ago, or never was.
   * @param now the book as it stands
   */
  at(updateId: number, now: BookSides & { readonly lastUpdateId: number }): BookSides | undefined {
    let oldest = this.steps.length;
    let number = now.lastUpdateId;
    while (number !== updateId) {
      const step = this.steps[--oldest];
      if (step === undefined) return undefined;
      number = step.updateId;
    }
    const sides = { bid: now.bids.copy(), ask: now.asks.copy() };
    for (let index = this.steps.length - 1; index >= oldest; index--) {
      const level = this.steps[index]?.level;
      if (level) sides[level.side].set(level.ticks, level.lots);
    }
    return { bids: sides.bid, asks: sides.ask };
  }
}
