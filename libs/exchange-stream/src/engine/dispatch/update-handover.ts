import type { BookLevel, Clock } from '@exchange-stream/market-data';
import type { BookLink } from '../../contract/index.ts';
import type { DataFlow } from './data-flow.ts';
import { PATIENCE_MS, QUIET_MS, type FlowHandover, type HandoverVerdict } from './flow-handover.ts';
import { NoRows } from './no-rows.ts';

/** Updates that may wait; the oldest are those that the book contains first. */
const CAPACITY = 10_000;

interface WaitingUpdate {
  readonly receivedAt: number;
  readonly exchangeTime: number | undefined;
  readonly link: BookLink | undefined;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
}

/**
 * Hands over a book whose updates are numbered by the market and not by the connection: the book that there is serves as
 * the seed of what the fresh connection brings. Nothing is asked of the exchange, and consumers notice nothing.
 */
export class UpdateHandover extends NoRows implements FlowHandover {
  private waiting: WaitingUpdate[] = [];
  /** Updates of the fresh connection that the book contained already: that connection is not behind it. */
  private contained = 0;
  private confirmedAt: number | undefined;
  private quietSince = 0;
  private stuckSince: number | undefined;
  private seen = -1;

  constructor(
    private readonly flow: DataFlow,
    private readonly clock: Clock,
  ) {
    super();
  }

  begin(): void {
    this.reset();
  }

  confirmed(): void {
    this.confirmedAt = this.quietSince = this.clock.monotonic();
  }

  override bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.waiting.push({ receivedAt, exchangeTime, link, bids, asks });
    if (this.waiting.length > CAPACITY) this.waiting.shift();
  }

  reset(): void {
    this.waiting = [];
    this.contained = 0;
    this.confirmedAt = this.stuckSince = undefined;
  }

  judge(): HandoverVerdict {
    if (this.confirmedAt === undefined) return 'wait';
    const now = this.clock.monotonic();
    if (this.flow.state === 'live') {
      const continues = this.continues(now);
      if (continues) return 'switch';
      if (continues === undefined) return 'wait';
    }
    // The old connection does not bring what lies between, or has no book to go on from.
    this.stuckSince ??= now;
    return now - this.stuckSince >= PATIENCE_MS ? 'break' : 'wait';
  }

  finish(): void {
    this.flow.continueBook();
    this.flow.repeated(this.contained);
    for (const { receivedAt, exchangeTime, link, bids, asks } of this.waiting.splice(0))
      this.flow.bookUpdate(receivedAt, exchangeTime, link, bids, asks);
  }

  abandon(): void {
    this.reset();
  }

  /** Whether what waits continues the book; undefined while nothing shows it either way. */
  private continues(now: number): boolean | undefined {
    const due = this.waiting.findIndex(({ link }) => this.flow.verdictOn(link) !== 'old');
    const old = this.waiting.splice(0, due < 0 ? this.waiting.length : due);
    this.contained += old.length;
    if (this.flow.received !== this.seen) this.quietSince = now;
    this.seen = this.flow.received;
    const [next] = this.waiting;
    if (next) {
      if (this.flow.verdictOn(next.link) === 'gap') return false;
    } else if (this.contained === 0 && now - this.quietSince < QUIET_MS) {
      return undefined;
    }
    this.stuckSince = undefined;
    return true;
  }
}
