import type { MarketEvent } from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import type { Market } from '@exchange-stream/simulator';
import type { Replica } from './world/replica.ts';

/** As many as say enough. */
const KEPT = 5;

/**
 * Compares a book that consumers are shown with the exchange's at that number, level by level, text included, at every
 * event: what a careful consumer makes of the events, and the engine's own.
 */
export class BookReferee {
  /** What was wrong, the first of it. */
  readonly wrong: string[] = [];
  compared = 0;
  /** The exchange's at the number that was compared last: consumer and engine are mostly at the same. */
  private right = { sequence: NaN, text: '' };

  /** @param replica which hears the same events before */
  constructor(
    private readonly market: Market,
    private readonly nativeSymbol: string,
    private readonly handle: SubscriptionHandle<'book'>,
    private readonly replica: Replica,
    /** Levels of each side that are compared. */
    private readonly depth: number,
  ) {
    handle.on((event) => this.receive(event));
  }

  private receive(event: MarketEvent): void {
    const shown = this.handle.latest();
    if (event.type === 'status') {
      if (event.state !== 'live' && shown) this.note(`the engine shows a book that is ${event.state}`);
    } else if (event.type === 'book-snapshot' || event.type === 'book-update') {
      this.compare('the consumer', event.sequence, this.replica.levels());
    }
    if (shown?.type === 'book-snapshot') this.compare('the engine', shown.sequence, shown);
  }

  private compare(
    whose: string,
    sequence: unknown,
    { bids, asks }: { readonly bids: readonly unknown[]; readonly asks: readonly unknown[] },
  ): void {
    this.compared++;
    const text = JSON.stringify([bids.slice(0, this.depth), asks.slice(0, this.depth)]);
    const rightText = this.textAt(Number(sequence));
    if (text !== rightText)
      this.note(`${whose} has at ${String(sequence)} ${text}, and the exchange ${rightText}`);
  }

  private textAt(sequence: number): string {
    if (sequence !== this.right.sequence) {
      const book = this.market.bookAt(this.nativeSymbol, sequence);
      const text = JSON.stringify([book?.bids.slice(0, this.depth), book?.asks.slice(0, this.depth)]);
      this.right = { sequence, text };
    }
    return this.right.text;
  }

  private note(problem: string): void {
    if (this.wrong.length < KEPT) this.wrong.push(problem);
  }
}
