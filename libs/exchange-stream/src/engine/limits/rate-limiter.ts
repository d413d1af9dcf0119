import type { Clock, Timer } from '@exchange-stream/market-data';

interface Waiter {
  readonly weight: number;
  readonly grant: () => void;
}

interface Use {
  readonly at: number;
  readonly weight: number;
}

/**
 * Grants weighted uses so that no window of the given length, wherever it begins, ever holds more than the limit. First
 * come, first served.
 */
export class RateLimiter {
  private readonly waiters: Waiter[] = [];
  private readonly uses: Use[] = [];
  private used = 0;
  private timer: Timer | undefined;
  private blockedUntil = 0;

  /**
   * @param limit largest total weight of a window
   * @param windowMs its length
   */
  constructor(
    private readonly limit: number,
    private readonly windowMs: number,
    private readonly clock: Clock,
  ) {}

  /**
   * Calls `grant` as soon as the limit allows, at once if it does now. A weight above the limit counts as the limit.
   * Returns a function that gives up waiting; after the grant it does nothing.
   */
  request(weight: number, grant: () => void): () => void {
    const waiter: Waiter = { weight: Math.min(weight, this.limit), grant };
    this.waiters.push(waiter);
    this.serve();
    return () => {
      const index = this.waiters.indexOf(waiter);
      if (index < 0) return;
      this.waiters.splice(index, 1);
      this.serve();
    };
  }

  /** Grants nothing for so long: the exchange has told us to stop. */
  block(durationMs: number): void {
    this.blockedUntil = Math.max(this.blockedUntil, this.clock.monotonic() + durationMs);
    this.serve();
  }

  /** Requests that wait. */
  get waiting(): number {
    return this.waiters.length;
  }

  private serve(): void {
    this.forget();
    for (let waiter = this.waiters[0]; waiter; waiter = this.waiters[0]) {
      const waitMs = this.waitFor(waiter.weight);
      if (waitMs > 0) {
        this.timer?.cancel();
        this.timer = this.clock.after(waitMs, () => this.serve());
        return;
      }
      this.waiters.shift();
      this.uses.push({ at: this.clock.monotonic(), weight: waiter.weight });
      this.used += waiter.weight;
      waiter.grant();
    }
    this.timer?.cancel();
    this.timer = undefined;
  }

  private forget(): void {
    const horizon = this.clock.monotonic() - this.windowMs;
    for (let oldest = this.uses[0]; oldest && oldest.at <= horizon; oldest = this.uses[0]) {
      this.uses.shift();
      this.used -= oldest.weight;
    }
  }

  /** Milliseconds until so much weight fits. */
  private waitFor(weight: number): number {
    const now = this.clock.monotonic();
    const blockedMs = this.blockedUntil - now;
    let excess = this.used + weight - this.limit;
    if (excess <= 0) return blockedMs;
    for (const use of this.uses) {
      excess -= use.weight;
      if (excess <= 0) return Math.max(blockedMs, use.at + this.windowMs - now);
    }
    return blockedMs;
  }
}
