import type { BookLevel, Clock } from '@exchange-stream/market-data';
import type { BookLink, LinkedBookRules } from '../../contract/index.ts';
import { KeptLevels } from '../integrity/kept-book.ts';
import type { DataFlow } from './data-flow.ts';
import { SnapshotHandover } from './snapshot-handover.ts';

/** Hands over a book by price. */
export class LevelsHandover extends SnapshotHandover<BookLevel> {
  constructor(flow: DataFlow, rules: LinkedBookRules, clock: Clock) {
    super(flow, rules, clock, () => new KeptLevels());
  }

  override bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.snapshot(receivedAt, exchangeTime, link, bids, asks);
  }

  override bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.update(receivedAt, exchangeTime, link, bids, asks);
  }

  protected override handOver(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.flow.bookSnapshot(receivedAt, exchangeTime, link, bids, asks);
  }
}
