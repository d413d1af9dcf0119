import type { Clock } from '@exchange-stream/market-data';
import type { RateLimit } from '../../contract/index.ts';
import { RateLimiter } from './rate-limiter.ts';

/**
 * Hands out the limiters that everything talking to one exchange from one address must share: connection attempts and
 * REST weight. Replace it to share them across processes.
 */
export interface BudgetProvider {
  /** The limiter of this name; always the same one for the same exchange and name. */
  limiter(exchange: string, name: string, limit: RateLimit): RateLimiter;
}

/** Limiters shared by everything in this process. */
export class InProcessBudgets implements BudgetProvider {
  private readonly limiters = new Map<string, RateLimiter>();

  constructor(private readonly clock: Clock) {}

  limiter(exchange: string, name: string, limit: RateLimit): RateLimiter {
    const key = `${exchange} ${name}`;
    let limiter = this.limiters.get(key);
    if (!limiter) {
      limiter = new RateLimiter(limit.safe, limit.windowMs, this.clock);
      this.limiters.set(key, limiter);
    }
    return limiter;
  }
}
