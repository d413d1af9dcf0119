import type { Clock } from '@exchange-stream/market-data';
import { admit } from '../limits/admission.ts';
import type { BudgetUse, Lane, MessageBudget } from '../limits/budget.ts';

/** What beside its turn decides when a message leaves. */
export interface Posting {
  /** The kind of message that it is, where its endpoint limits that one. */
  readonly limit?: string;
  /** 0 refuses to wait. Default: as long as it takes. */
  readonly maxWaitMs?: number;
  /** It is not sent: it would have to wait longer than it may, as far as known so long. */
  refused?(waitMs: number | undefined): void;
}

/** What leaves one connection, each message when the budgets of the connection, its account and its address allow. */
export class Outbox {
  private readonly waiting = new Set<() => void>();

  constructor(
    private readonly budget: MessageBudget,
    private readonly clock: Clock,
  ) {}

  /** How its budget is used at this moment. */
  get use(): BudgetUse {
    return { used: this.budget.used?.() ?? 0, waiting: this.waiting.size };
  }

  /**
   * Calls `send` when its turn has come, at once if it has. Returns a function that withdraws it, if it has not been sent.
   * @throws InvalidOptionsError for a kind of message that the endpoint does not limit
   */
  post(lane: Lane, weight: number, send: () => void, posting: Posting = {}): () => void {
    const { limit, maxWaitMs } = posting;
    const budget = limit === undefined ? this.budget : this.budget.ofKind(limit);
    let isOver = false;
    let cancel: (() => void) | undefined = undefined;
    const withdraw = (): void => {
      this.waiting.delete(withdraw);
      cancel?.();
    };
    const over = (): void => {
      isOver = true;
      this.waiting.delete(withdraw);
    };
    this.waiting.add(withdraw);
    cancel = admit(
      budget,
      maxWaitMs === undefined ? { weight, lane } : { weight, lane, maxWaitMs },
      this.clock,
      () => {
        over();
        send();
      },
      (waitMs) => {
        over();
        posting.refused?.(waitMs);
      },
    );
    if (isOver) this.waiting.delete(withdraw);
    return withdraw;
  }

  /** The socket is gone: nothing of what waits is sent. */
  clear(): void {
    for (const withdraw of [...this.waiting]) withdraw();
  }
}
