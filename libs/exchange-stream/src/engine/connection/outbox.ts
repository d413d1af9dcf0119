import type { Budget, BudgetUse, Lane } from '../limits/budget.ts';

/** What leaves one connection, each message when the budgets of the connection and of its address allow. */
export class Outbox {
  private readonly waiting = new Set<() => void>();

  constructor(private readonly budget: Budget) {}

  /** How its budget is used at this moment. */
  get use(): BudgetUse {
    return { used: this.budget.used?.() ?? 0, waiting: this.waiting.size };
  }

  /** Calls `send` when its turn has come, at once if it has. Returns a function that withdraws it, if it has not been sent. */
  post(lane: Lane, weight: number, send: () => void): () => void {
    let isSent = false;
    const withdraw = (): void => {
      this.waiting.delete(withdraw);
      cancel?.();
    };
    let cancel: (() => void) | undefined = undefined;
    this.waiting.add(withdraw);
    cancel = this.budget.request(weight, lane, () => {
      isSent = true;
      this.waiting.delete(withdraw);
      send();
    });
    if (isSent) this.waiting.delete(withdraw);
    return withdraw;
  }

  /** The socket is gone: nothing of what waits is sent. */
  clear(): void {
    for (const withdraw of [...this.waiting]) withdraw();
  }
}
