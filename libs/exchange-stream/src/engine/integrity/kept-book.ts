import {
  isZeroDecimal,
  MarketByOrderBook,
  OrderBook,
  type BookLevel,
  type BookOrder,
  type BookReader,
  type QueueRule,
} from '@exchange-stream/market-data';
import type { LevelsOnTheWire } from '../../contract/index.ts';
import type { BookBreak } from './book-break.ts';
import { LevelsAsWritten } from './levels-as-written.ts';

/** What a synchroniser keeps right: a book whose rows are levels, or orders. */
export interface KeptBook<Row> {
  applySnapshot(bids: readonly Row[], asks: readonly Row[], asWritten?: LevelsOnTheWire): void;
  applyUpdate(bids: readonly Row[], asks: readonly Row[], asWritten?: LevelsOnTheWire): void;
  /** Drops what stands behind so many prices. Returns the update that says so. */
  trim(depth: number): { readonly bids: readonly Row[]; readonly asks: readonly Row[] };
  clear(): void;
  /** The rows of the best `levels` prices, best first; all of them without a number. */
  bids(levels?: number): readonly Row[];
  asks(levels?: number): readonly Row[];
  /** The same as the exchange wrote them. */
  written(levels: number): { readonly bids: readonly Row[]; readonly asks: readonly Row[] };
  /** The book as one by price. */
  readonly reader: BookReader;
  /** A price that no book can have, among these rows. */
  impossible(rows: readonly Row[]): BookBreak | undefined;
}

const ZERO = '0'.charCodeAt(0);
const MINUS = '-'.charCodeAt(0);

/** A book of levels. */
export class KeptLevels extends OrderBook implements KeptBook<BookLevel> {
  readonly reader = this;
  private readonly bidsAsWritten = new LevelsAsWritten(this.bidSide);
  private readonly asksAsWritten = new LevelsAsWritten(this.askSide);

  override applySnapshot(
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
    asWritten?: LevelsOnTheWire,
  ): void {
    super.applySnapshot(bids, asks);
    this.bidsAsWritten.clear();
    this.asksAsWritten.clear();
    this.note(bids, asks, asWritten);
  }

  override applyUpdate(
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
    asWritten?: LevelsOnTheWire,
  ): void {
    super.applyUpdate(bids, asks);
    this.note(bids, asks, asWritten);
  }

  override clear(): void {
    super.clear();
    this.bidsAsWritten.clear();
    this.asksAsWritten.clear();
  }

  written(levels: number): ReturnType<KeptBook<BookLevel>['written']> {
    return { bids: this.bidsAsWritten.of(this.bids(levels)), asks: this.asksAsWritten.of(this.asks(levels)) };
  }

  impossible(levels: readonly BookLevel[]): BookBreak | undefined {
    for (const [price, , , period] of levels)
      // A rate of funding may be zero.
      if (period === undefined && isImpossible(price))
        return { kind: 'price', reason: `a level has the price ${price}` };
    return undefined;
  }

  private note(
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
    asWritten: LevelsOnTheWire | undefined,
  ): void {
    this.bidsAsWritten.changed(bids, asWritten);
    this.asksAsWritten.changed(asks, asWritten);
  }
}

/** A book of orders. */
export class KeptOrders implements KeptBook<BookOrder> {
  readonly reader: MarketByOrderBook;

  constructor(queue: QueueRule) {
    this.reader = new MarketByOrderBook(queue);
  }

  applySnapshot(bids: readonly BookOrder[], asks: readonly BookOrder[]): void {
    this.reader.applySnapshot(bids, asks);
  }

  applyUpdate(bids: readonly BookOrder[], asks: readonly BookOrder[]): void {
    this.reader.applyUpdate(bids, asks);
  }

  trim(depth: number): ReturnType<MarketByOrderBook['trim']> {
    return this.reader.trim(depth);
  }

  clear(): void {
    this.reader.clear();
  }

  bids(levels?: number): readonly BookOrder[] {
    return this.reader.bidOrders(levels);
  }

  asks(levels?: number): readonly BookOrder[] {
    return this.reader.askOrders(levels);
  }

  written(levels: number): ReturnType<KeptBook<BookOrder>['written']> {
    return { bids: this.bids(levels), asks: this.asks(levels) };
  }

  impossible(orders: readonly BookOrder[]): BookBreak | undefined {
    for (const { id, price, amount } of orders) {
      // What removes an order need not know where it stood.
      if (isImpossible(price) && !isZeroDecimal(amount))
        return { kind: 'price', reason: `the order ${id} has the price ${price}` };
    }
    return undefined;
  }
}

function isImpossible(price: string): boolean {
  const first = price.charCodeAt(0);
  return first === MINUS || (first === ZERO && isZeroDecimal(price));
}
