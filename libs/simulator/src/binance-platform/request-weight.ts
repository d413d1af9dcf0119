import type { Clock } from '@exchange-stream/market-data';

/** Weight that each address used in the running window, such as a minute; it starts again on the full one. */
export class RequestWeight {
  private readonly used = new Map<string, number>();
  private window = 0;

  constructor(
    private readonly clock: Clock,
    readonly limit: number,
    private readonly windowMs: number = 60_000,
  ) {}

  /** Adds a request's weight. @returns the weight used in this window, this request included */
  add(address: string, weight: number): number {
    const window = Math.floor(this.clock.now() / this.windowMs);
    if (window !== this.window) {
      this.window = window;
      this.used.clear();
    }
    const total = (this.used.get(address) ?? 0) + weight;
    this.used.set(address, total);
    return total;
  }

  get windowSeconds(): number {
    return this.windowMs / 1000;
  }

  /** Whole seconds until the weight starts again from zero. */
  get secondsToReset(): number {
    return Math.ceil((this.windowMs - (this.clock.now() % this.windowMs)) / 1000);
  }
}
