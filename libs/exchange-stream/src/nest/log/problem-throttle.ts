import type { Clock } from '@exchange-stream/market-data';

/** Lets one problem of a kind through a window and counts those it holds back. */
export class ProblemThrottle {
  private readonly kinds = new Map<string, { readonly since: number; heldBack: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly windowMs = 60_000,
  ) {}

  /** Reports the problem if it is the first of its kind in a window; `more` tells of those held back before it. */
  report(kind: string, tell: (more: string) => void): void {
    const now = this.clock.monotonic();
    const last = this.kinds.get(kind);
    if (last && now - last.since < this.windowMs) {
      last.heldBack++;
      return;
    }
    this.kinds.set(kind, { since: now, heldBack: 0 });
    tell(andMore(last?.heldBack ?? 0));
  }
}

/** Tells of those that were held back, behind a message of one; nothing when there are none. */
export function andMore(heldBack: number): string {
  return heldBack > 0 ? ` (and ${heldBack} more like it since it was last told)` : '';
}
