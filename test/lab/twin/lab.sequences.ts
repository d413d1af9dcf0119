import type { InstrumentMarket } from '@exchange-stream/simulator/kit';

/** By which numbers the changes of books are known outside: those of the market, until lab counts anew. */
export class LabSequences {
  private readonly offsets = new WeakMap<InstrumentMarket, number>();

  /** @param updateId of the market. Default that of the book as it stands */
  of(market: InstrumentMarket, updateId: number = market.book.lastUpdateId): number {
    return updateId - (this.offsets.get(market) ?? 0);
  }

  /** The book as it stands is number 1 from now on. */
  beginAnew(market: InstrumentMarket): void {
    this.offsets.set(market, market.book.lastUpdateId - 1);
  }
}
