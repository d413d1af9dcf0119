import { BookSide, type Side } from './book-side.ts';

/** One level that changed; `lots` is what rests there now, zero when the level is gone. */
export interface BookChange {
  readonly updateId: number;
  readonly side: Side;
  readonly ticks: number;
  readonly lots: number;
  /** Whether the best bid or ask, or the amount at it, is another one now. */
  readonly touch: boolean;
}

/** A book in which every change has an id, one larger than the id before. */
export class OrderBook {
  readonly bids = new BookSide('bid');
  readonly asks = new BookSide('ask');

  constructor(
    private lastId: number,
    private readonly onChange: (change: BookChange) => void,
  ) {}

  /** Id of the latest change. */
  get lastUpdateId(): number {
    return this.lastId;
  }

  /** The book as it stands is number 1 from now on, as after a restart of the exchange. */
  countAnew(): void {
    this.lastId = 1;
  }

  side(side: Side): BookSide {
    return side === 'bid' ? this.bids : this.asks;
  }

  set(side: Side, ticks: number, lots: number): void {
    const levels = this.side(side);
    if (levels.amountAt(ticks) === lots) return;
    const wasBest = levels.price(0) === ticks;
    levels.set(ticks, lots);
    const touch = wasBest || levels.price(0) === ticks;
    this.onChange({ updateId: ++this.lastId, side, ticks, lots, touch });
  }
}
