import {
  OrderBook,
  type BookLevel,
  type BookSnapshotEvent,
  type BookUpdateEvent,
  type MarketEvent,
} from '@exchange-stream/market-data';
import { Merged } from './conflation.ts';

/** Changed levels that are kept apart; a book with a base is built anew when there are more. */
const MAX_LEVELS = 10_000;

/** Updates of a book that wait as one: an update with the newest amount of every level, or a whole book with all of them. */
export class MergedBook extends Merged<MarketEvent> {
  private readonly bids = new Map<string, BookLevel>();
  private readonly asks = new Map<string, BookLevel>();

  /**
   * @param newest what it is dated by
   * @param base the whole book that the updates change, where there is one
   */
  constructor(
    private newest: BookSnapshotEvent | BookUpdateEvent,
    private base: BookSnapshotEvent | undefined,
  ) {
    super();
  }

  /** Takes one more; `undefined` when there are too many levels, and no book that they could go into. */
  add(update: BookUpdateEvent): this | undefined {
    put(this.bids, update.bids);
    put(this.asks, update.asks);
    this.newest = update;
    if (this.bids.size + this.asks.size <= MAX_LEVELS) return this;
    if (!this.base) return undefined;
    this.base = this.whole(this.base);
    this.bids.clear();
    this.asks.clear();
    return this;
  }

  build(): BookSnapshotEvent | BookUpdateEvent {
    if (this.base) return this.whole(this.base);
    return {
      ...this.newest,
      type: 'book-update',
      bids: [...this.bids.values()],
      asks: [...this.asks.values()],
    };
  }

  private whole(base: BookSnapshotEvent): BookSnapshotEvent {
    const book = new OrderBook();
    book.applySnapshot(base.bids, base.asks);
    book.applyUpdate([...this.bids.values()], [...this.asks.values()]);
    return { ...this.newest, type: 'book-snapshot', bids: book.bids(), asks: book.asks() };
  }
}

/** The newest goes last: an exchange may write one price in two ways, and then it is the order that counts. */
function put(side: Map<string, BookLevel>, levels: readonly BookLevel[]): void {
  for (const level of levels) {
    const [price, , , period] = level;
    const key = period === undefined ? price : `${price} ${period}`;
    side.delete(key);
    side.set(key, level);
  }
}
