import { compareDecimals, isZeroDecimal } from '@exchange-stream/market-data';

type Levels = readonly (readonly [string, string])[];

export interface DepthUpdate {
  readonly U: number;
  readonly u: number;
  readonly b: Levels;
  readonly a: Levels;
}

export interface DepthSnapshot {
  readonly lastUpdateId: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

/** A client's book, kept by the letter of Binance's own instructions. */
export class LocalBook {
  private readonly bids: Map<string, string>;
  private readonly asks: Map<string, string>;
  private bookId: number;

  constructor(snapshot: DepthSnapshot) {
    this.bids = new Map(snapshot.bids);
    this.asks = new Map(snapshot.asks);
    this.bookId = snapshot.lastUpdateId;
  }

  /** @throws Error when an update is missing */
  apply(update: DepthUpdate): void {
    if (update.u <= this.bookId) return;
    if (update.U > this.bookId + 1) throw new Error(`Gap: ${update.U} after ${this.bookId}`);
    for (const [side, levels] of [
      [this.bids, update.b],
      [this.asks, update.a],
    ] as const) {
      for (const [price, amount] of levels) {
        if (isZeroDecimal(amount)) side.delete(price);
        else side.set(price, amount);
      }
    }
    this.bookId = update.u;
  }

  get book(): DepthSnapshot {
    return {
      lastUpdateId: this.bookId,
      bids: [...this.bids].sort(([a], [b]) => compareDecimals(b, a)),
      asks: [...this.asks].sort(([a], [b]) => compareDecimals(a, b)),
    };
  }
}
