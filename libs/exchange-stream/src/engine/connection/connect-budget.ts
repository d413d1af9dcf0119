import type { SocketEndpoint } from '../../contract/index.ts';
import type { BudgetProvider } from '../limits/budget-provider.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';

/** The right to dial one endpoint, shared with everybody who dials that exchange from this address. */
export class ConnectBudget {
  private readonly own: RateLimiter;

  constructor(
    private readonly budgets: BudgetProvider,
    private readonly exchange: string,
    private readonly endpoints: Readonly<Record<string, SocketEndpoint>>,
    endpointKey: string,
    endpoint: SocketEndpoint,
  ) {
    this.own = this.limiter(endpointKey, endpoint);
  }

  /** Calls `grant` when a dial fits, at once if it does now. Returns a function that gives up waiting. */
  request(grant: () => void): () => void {
    return this.own.request(1, grant);
  }

  /** Nobody dials any endpoint of the exchange for so long: exchanges count and ban by address, not by endpoint. */
  stop(durationMs: number): void {
    for (const [key, endpoint] of Object.entries(this.endpoints))
      this.limiter(key, endpoint).block(durationMs);
  }

  private limiter(key: string, endpoint: SocketEndpoint): RateLimiter {
    return this.budgets.limiter(this.exchange, `connects ${key}`, endpoint.limits.connects);
  }
}
