import type { BookSide, Side } from '../market/book-side.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import type { BookChange } from '../market/order-book.ts';
import type { LevelText } from './kraken.checksum.ts';
import { CHECKED_LEVELS } from './kraken.limits.ts';

type Level = readonly [ticks: number, lots: number];

/** Rows of one frame, and the best of the book after them. */
export interface BookRows {
  readonly bids: readonly LevelText[];
  readonly asks: readonly LevelText[];
  readonly best: { readonly bids: readonly LevelText[]; readonly asks: readonly LevelText[] };
}

/** The best levels of a book as those who follow it hold them: so many a side, and nothing of what lies beyond. */
export class BookView {
  private bids: readonly Level[];
  private asks: readonly Level[];
  /** What a price had in passing, since the latest frame. */
  private passing: { readonly bid: Map<number, number[]>; readonly ask: Map<number, number[]> } = nothing();

  constructor(
    private readonly market: InstrumentMarket,
    private readonly depth: number,
  ) {
    this.bids = this.top(market.book.bids);
    this.asks = this.top(market.book.asks);
  }

  note({ side, ticks, lots }: BookChange): void {
    const amounts = this.passing[side].get(ticks) ?? [];
    this.passing[side].set(ticks, amounts);
    amounts.push(lots);
  }

  /** All that is held. */
  whole(): BookRows {
    return { bids: this.texts(this.bids), asks: this.texts(this.asks), best: this.best() };
  }

  /** What those who follow have to change; undefined where that is nothing. */
  take(): BookRows | undefined {
    const { bids, asks } = this.market.book;
    const [oldBids, oldAsks] = [this.bids, this.asks];
    this.bids = this.top(bids);
    this.asks = this.top(asks);
    const rows = {
      bids: this.texts(this.changes('bid', oldBids, this.bids)),
      asks: this.texts(this.changes('ask', oldAsks, this.asks)),
    };
    this.passing = nothing();
    return rows.bids.length + rows.asks.length === 0 ? undefined : { ...rows, best: this.best() };
  }

  /** What turns the levels that are held into those that are. */
  private changes(side: Side, before: readonly Level[], after: readonly Level[]): readonly Level[] {
    const old = new Map(before);
    const rows: Level[] = [];
    for (const level of after) {
      const [ticks, lots] = level;
      if (old.get(ticks) !== lots) rows.push(...this.passed(side, level), level);
      old.delete(ticks);
    }
    // What was pushed out of scope is not told: it rests in the book still, and who follows has to cut it off.
    const levels = this.market.book.side(side);
    for (const ticks of old.keys()) if (levels.amountAt(ticks) === 0) rows.push([ticks, 0]);
    return rows;
  }

  /** One price may come twice in a frame: what it had before counts no more. */
  private passed(side: Side, [ticks, lots]: Level): readonly Level[] {
    const earlier = this.passing[side].get(ticks)?.find((amount) => amount !== lots);
    return earlier === undefined ? [] : [[ticks, earlier]];
  }

  private best(): BookRows['best'] {
    return {
      bids: this.texts(this.bids.slice(0, CHECKED_LEVELS)),
      asks: this.texts(this.asks.slice(0, CHECKED_LEVELS)),
    };
  }

  private top(side: BookSide): readonly Level[] {
    return Array.from({ length: Math.min(this.depth, side.length) }, (_, rank) => [
      side.price(rank) ?? 0,
      side.amount(rank),
    ]);
  }

  private texts(levels: readonly Level[]): readonly LevelText[] {
    const { price, amount } = this.market.format;
    return levels.map(([ticks, lots]) => [price.text(ticks), amount.text(lots)]);
  }
}

function nothing(): { readonly bid: Map<number, number[]>; readonly ask: Map<number, number[]> } {
  return { bid: new Map(), ask: new Map() };
}
