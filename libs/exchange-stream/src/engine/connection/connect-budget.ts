import type { RateLimit, SocketEndpoint } from '../../contract/index.ts';
import type { BudgetProvider } from '../limits/budget-provider.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';

/** The right to dial one endpoint, shared with everybody who dials that exchange from this address. */
export class ConnectBudget {
  private readonly own: readonly RateLimiter[];

  constructor(
    private readonly budgets: BudgetProvider,
    private readonly exchange: string,
    private readonly endpoints: Readonly<Record<string, SocketEndpoint>>,
    endpointKey: string,
    endpoint: SocketEndpoint,
  ) {
    this.own = this.limiters(endpointKey, endpoint);
  }

  /** Calls `grant` when a dial fits, at once if it does now. Returns a function that gives up waiting. */
  request(grant: () => void): () => void {
    let cancel = (): void => undefined;
    let isCancelled = false;
    const pass = (index: number): void => {
      const limiter = this.own[index];
      if (!limiter) return grant();
      const giveUp = limiter.request(1, () => pass(index + 1));
      if (index === 0 || !isCancelled) cancel = giveUp;
    };
    pass(0);
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  /** Nobody dials any endpoint of the exchange for so long: exchanges count and ban by address, not by endpoint. */
  stop(durationMs: number): void {
    for (const [key, endpoint] of Object.entries(this.endpoints))
      for (const limiter of this.limiters(key, endpoint)) limiter.block(durationMs);
  }

  private limiters(key: string, endpoint: SocketEndpoint): readonly RateLimiter[] {
    return endpoint.limits.connects.map((limit: RateLimit) =>
      this.budgets.limiter(this.exchange, `connects ${key} ${limit.windowMs}`, limit),
    );
  }
}
