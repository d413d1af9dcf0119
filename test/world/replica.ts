import { OrderBook, type BookLevel, type MarketEvent } from '@exchange-stream/market-data';

/** What a careful consumer makes of a book's events: it trusts what it was told, and notes every broken promise. */
export class Replica {
  readonly broken: string[] = [];
  readonly states: string[] = [];
  private readonly book = new OrderBook();
  private trusted = false;
  sequence: unknown;

  receive(event: MarketEvent): void {
    if (event.type === 'status') {
      this.states.push(event.state);
      if (event.state === 'stale' || event.state === 'gap') this.trusted = false;
    } else if (event.type === 'book-snapshot') {
      this.states.push('snapshot');
      this.book.applySnapshot(event.bids, event.asks);
      this.trusted = true;
      this.sequence = event.sequence;
    } else if (event.type === 'book-update') {
      if (!this.trusted) this.broken.push(`update ${String(event.sequence)} without a snapshot after a loss`);
      this.book.applyUpdate(event.bids, event.asks);
      this.sequence = event.sequence;
      if (this.book.crossed) this.broken.push(`crossed at ${String(event.sequence)}`);
    }
  }

  /** Whether what it holds counts: a whole book has come since the last loss. */
  get isTrusted(): boolean {
    return this.trusted;
  }

  levels(): { readonly bids: readonly BookLevel[]; readonly asks: readonly BookLevel[] } {
    return { bids: this.book.bids(), asks: this.book.asks() };
  }
}
