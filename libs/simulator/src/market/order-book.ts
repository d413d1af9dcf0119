import { BookPast, type BookSides } from './book-past.ts';
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

/** A book in which every change has an id, larger by one step than the id before. */
export class OrderBook {
  readonly bids = new BookSide('bid');
  readonly asks = new BookSide('ask');
  private readonly past = new BookPast();

  constructor(
    private lastId: number,
    private readonly onChange: (change: BookChange) => void,
    private readonly idStep: number = 1,
  ) {}

  /** Id of the latest change. */
  get lastUpdateId(): number {
    return this.lastId;
  }

  /** The book as it stands is number 1 from now on, as after a restart of the exchange. */
  countAnew(): void {
    this.past.add({ updateId: this.lastId });
    this.lastId = 1;
  }

  /** The book when it had this id last; undefined where that is too long ago, or never was. */
  at(updateId: number): BookSides | undefined {
    return this.past.at(updateId, this);
  }

  side(side: Side): BookSide {
    return side === 'bid' ? this.bids : this.asks;
  }

  set(side: Side, ticks: number, lots: number): void {
    const levels = this.side(side);
    const before = levels.amountAt(ticks);
    if (before === lots) return;
    this.past.add({ updateId: this.lastId, level: { side, ticks, lots: before } });
    const wasBest = levels.price(0) === ticks;
    levels.set(ticks, lots);
    const touch = wasBest || levels.price(0) === ticks;
    this.lastId += this.idStep;
    this.onChange({ updateId: this.lastId, side, ticks, lots, touch });
  }
}
