import type { BookLevel } from '@exchange-stream/market-data';
import type { BookLink } from '../../contract/index.ts';
import { FlowHandover, PATIENCE_MS, type HandoverVerdict } from './flow-handover.ts';

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
 * the seed of what the fresh connection brings, once that has caught up with it. Nothing is asked of the exchange, and
 * consumers notice nothing.
 */
export class UpdateHandover extends FlowHandover {
  private waiting: WaitingUpdate[] = [];
  /** Updates of the fresh connection that the book contained already. */
  private contained = 0;
  private stuckSince: number | undefined;
  /** Sequence of the newest update of the fresh connection. */
  private newest: number | undefined;
  /** Where the book stood when the fresh connection began; undefined while there was none. */
  private bookStood: number | undefined;

  override confirmed(): void {
    super.confirmed();
    this.bookStood = this.flow.bookSequence;
  }

  override bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.newest = link?.last;
    this.waiting.push({ receivedAt, exchangeTime, link, bids, asks });
    if (this.waiting.length > CAPACITY) this.waiting.shift();
  }

  reset(): void {
    this.waiting = [];
    this.contained = 0;
    this.stuckSince = this.newest = this.bookStood = undefined;
  }

  judge(): HandoverVerdict {
    const now = this.clock.monotonic();
    if (this.flow.status.state === 'live') {
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

  /** Whether what waits continues the book; undefined while nothing shows it either way. */
  private continues(now: number): boolean | undefined {
    const due = this.waiting.findIndex(({ link }) => this.flow.verdictOn(link) !== 'old');
    const old = this.waiting.splice(0, due < 0 ? this.waiting.length : due);
    this.contained += old.length;
    const isQuiet = this.isQuiet(now);
    const [next] = this.waiting;
    if (next) {
      if (this.flow.verdictOn(next.link) === 'gap') return false;
    } else if (!(this.newest === undefined ? isQuiet : this.hasCaughtUp(this.newest))) {
      return undefined;
    }
    this.stuckSince = undefined;
    return true;
  }

  /**
   * Whether the fresh connection has brought what the book contained when it began. One that never does numbers another
   * book, as a server of another kind may: all that it brings would count as old.
   */
  private hasCaughtUp(newest: number): boolean {
    this.bookStood ??= this.flow.bookSequence;
    return this.bookStood === undefined || newest >= this.bookStood;
  }
}
