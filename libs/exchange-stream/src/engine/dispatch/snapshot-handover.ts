import type { BookLevel, Clock } from '@exchange-stream/market-data';
import type { BookLink, BookRules } from '../../contract/index.ts';
import { BookSynchronizer } from '../integrity/book-synchronizer.ts';
import type { DataFlow } from './data-flow.ts';
import { QUIET_MS, type FlowHandover, type HandoverVerdict } from './flow-handover.ts';
import { NoRows } from './no-rows.ts';

/**
 * Hands over a book that each connection numbers for itself and begins with a whole book: a second book is kept beside the
 * flow's, which replaces it once it is whole and not older. Consumers see a snapshot and no gap.
 */
export class SnapshotHandover extends NoRows implements FlowHandover {
  private synchronizer: BookSynchronizer;
  private isConfirmed = false;
  private liveSince: number | undefined;
  private receivedAt = 0;
  private exchangeTime: number | undefined;

  constructor(
    private readonly flow: DataFlow,
    private readonly rules: BookRules,
    private readonly clock: Clock,
  ) {
    super();
    this.synchronizer = this.createSynchronizer();
  }

  begin(): void {
    this.reset();
  }

  confirmed(): void {
    this.isConfirmed = true;
    this.synchronizer.begin();
  }

  override bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.receivedAt = receivedAt;
    this.synchronizer.snapshot(exchangeTime, link, bids, asks);
  }

  override bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.receivedAt = receivedAt;
    this.synchronizer.update(exchangeTime, link, bids, asks);
  }

  reset(): void {
    this.synchronizer = this.createSynchronizer();
    this.isConfirmed = false;
    this.liveSince = undefined;
  }

  judge(): HandoverVerdict {
    if (!this.isConfirmed || !this.synchronizer.live || this.liveSince === undefined) return 'wait';
    if (this.flow.state !== 'live') return 'switch';
    const last = this.flow.lastStamp?.exchangeTime;
    if (last !== undefined && this.exchangeTime !== undefined)
      return this.exchangeTime >= last ? 'switch' : 'wait';
    return this.clock.monotonic() - this.liveSince >= QUIET_MS ? 'switch' : 'wait';
  }

  finish(): void {
    const { book, sequence, live } = this.synchronizer;
    if (!live) return;
    const link = sequence === undefined ? undefined : { last: sequence };
    this.flow.bookSnapshot(this.receivedAt, this.exchangeTime, link, book.bids(), book.asks());
  }

  abandon(): void {
    this.reset();
  }

  private createSynchronizer(): BookSynchronizer {
    return new BookSynchronizer(this.rules, {
      // The stream brings it.
      needSeed: () => undefined,
      synced: (exchangeTime) => {
        this.exchangeTime = exchangeTime;
        this.liveSince ??= this.clock.monotonic();
      },
      updated: (exchangeTime) => {
        this.exchangeTime = exchangeTime;
      },
      broken: () => {
        this.liveSince = undefined;
      },
    });
  }
}
