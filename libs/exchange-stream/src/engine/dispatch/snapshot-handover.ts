import type { Clock } from '@exchange-stream/market-data';
import type { BookLink, LinkedBookRules } from '../../contract/index.ts';
import { BookSynchronizer } from '../integrity/book-synchronizer.ts';
import type { KeptBook } from '../integrity/kept-book.ts';
import type { DataFlow } from './data-flow.ts';
import { FlowHandover, PATIENCE_MS, QUIET_MS, type HandoverVerdict } from './flow-handover.ts';

/**
 * Hands over a book that each connection numbers for itself and begins with a whole book: a second book is kept beside the
 * flow's, which replaces it once it is whole and not older, or older by no more than it is always behind. Consumers see a
 * snapshot and no gap.
 */
export abstract class SnapshotHandover<Row> extends FlowHandover {
  private synchronizer: BookSynchronizer<Row>;
  private liveSince: number | undefined;
  /** The exchange's time of the flow's book when the second one was whole. */
  private flowStoodAt: number | undefined;
  private receivedAt = 0;

  constructor(
    flow: DataFlow,
    private readonly rules: LinkedBookRules<Row>,
    clock: Clock,
    private readonly createBook: () => KeptBook<Row>,
  ) {
    super(flow, clock);
    this.synchronizer = this.createSynchronizer();
  }

  override confirmed(): void {
    super.confirmed();
    this.synchronizer.begin();
  }

  protected snapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly Row[],
    asks: readonly Row[],
  ): void {
    this.receivedAt = receivedAt;
    this.synchronizer.snapshot(exchangeTime, link, bids, asks);
  }

  protected update(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly Row[],
    asks: readonly Row[],
  ): void {
    this.receivedAt = receivedAt;
    this.synchronizer.update(exchangeTime, link, bids, asks);
  }

  /** The second book, whole, for the flow. */
  protected abstract handOver(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly Row[],
    asks: readonly Row[],
  ): void;

  reset(): void {
    this.synchronizer = this.createSynchronizer();
    this.liveSince = undefined;
  }

  judge(): HandoverVerdict {
    if (!this.synchronizer.live || this.liveSince === undefined) return 'wait';
    if (this.flow.status.state !== 'live') return 'switch';
    const waitedMs = this.clock.monotonic() - this.liveSince;
    const last = this.flow.lastStamp?.exchangeTime;
    const { exchangeTime } = this.synchronizer;
    if (last === undefined || exchangeTime === undefined) return waitedMs >= QUIET_MS ? 'switch' : 'wait';
    if (exchangeTime >= last) return 'switch';
    // Always a little behind, as on a longer way, it is never level while the market moves.
    return waitedMs >= PATIENCE_MS && this.hasCaughtUp(exchangeTime) ? 'switch' : 'wait';
  }

  finish(): void {
    const { book, sequence, exchangeTime, live } = this.synchronizer;
    if (!live) return;
    const link = sequence === undefined ? undefined : { last: sequence };
    this.handOver(this.receivedAt, exchangeTime, link, book.bids(), book.asks());
  }

  /** Whether it is past the place at which the flow stood when the second book was whole. */
  private hasCaughtUp(exchangeTime: number): boolean {
    return this.flowStoodAt === undefined || exchangeTime >= this.flowStoodAt;
  }

  private createSynchronizer(): BookSynchronizer<Row> {
    return new BookSynchronizer(
      this.createBook(),
      this.rules,
      {
        // The stream brings it.
        needSeed: () => undefined,
        synced: () => {
          if (this.liveSince !== undefined) return;
          this.liveSince = this.clock.monotonic();
          this.flowStoodAt = this.flow.lastStamp?.exchangeTime;
        },
        updated: () => undefined,
        // The flow is fed by the old connection, and counts what that brings.
        became: () => undefined,
        broken: () => {
          this.liveSince = undefined;
        },
      },
      this.clock,
    );
  }
}
