import type { Random } from '@exchange-stream/market-data';

/** Waits that grow: each is drawn evenly from zero to a bound that doubles up to a cap, so that a crowd spreads out. */
export class Backoff {
  private attempt = 0;

  constructor(
    private readonly initialMs: number,
    private readonly maxMs: number,
    private readonly random: Random,
  ) {}

  /** Attempts since the last reset. */
  get attempts(): number {
    return this.attempt;
  }

  /** The next wait, in milliseconds: drawn as ever, on top of what has to be waited at least. */
  next(atLeastMs = 0): number {
    const bound = Math.min(this.maxMs, this.initialMs * 2 ** Math.min(this.attempt, 30));
    this.attempt++;
    return atLeastMs + this.random.next() * bound;
  }

  reset(): void {
    this.attempt = 0;
  }
}
