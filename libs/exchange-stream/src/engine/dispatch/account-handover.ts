import type { AccountRow } from '../../contract/index.ts';
import { FlowHandover, type HandoverVerdict } from './flow-handover.ts';

/** So long both connections tell of the account: what neither has brought by then came after the change. */
const OVERLAP_MS = 2_000;

/** Rows that may wait. */
const CAPACITY = 20_000;

interface WaitingRows {
  readonly receivedAt: number;
  readonly rows: readonly AccountRow[];
  readonly isSnapshot: boolean;
}

/**
 * Hands over what an account has. Both connections tell of it for a while; states are known by their age and fills by their
 * ids, so that what comes twice counts once.
 */
export class AccountHandover extends FlowHandover {
  private waiting: WaitingRows[] = [];
  private size = 0;
  private confirmedAt: number | undefined;

  override confirmed(): void {
    super.confirmed();
    this.confirmedAt = this.clock.monotonic();
  }

  override account(receivedAt: number, rows: readonly AccountRow[], isSnapshot: boolean): void {
    // There is more than can be kept: it begins anew on the fresh connection.
    if (this.size > CAPACITY) return;
    this.waiting.push({ receivedAt, rows, isSnapshot });
    this.size += rows.length;
  }

  reset(): void {
    this.waiting = [];
    this.size = 0;
    this.confirmedAt = undefined;
  }

  judge(): HandoverVerdict {
    if (this.confirmedAt === undefined) return 'wait';
    if (this.size > CAPACITY) return 'break';
    return this.clock.monotonic() - this.confirmedAt >= OVERLAP_MS ? 'switch' : 'wait';
  }

  finish(): void {
    // What is missing in a snapshot that came before the change may have come to be since.
    const isContinued = this.flow.status.state === 'live';
    for (const { receivedAt, rows, isSnapshot } of this.waiting.splice(0))
      this.flow.account(receivedAt, rows, isSnapshot && !isContinued);
  }
}
