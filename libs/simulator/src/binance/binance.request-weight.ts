import type { Clock } from '@exchange-stream/market-data';

const MINUTE_MS = 60_000;

/** Weight that each address used in the running minute; it starts again on the full minute. */
export class RequestWeight {
  private readonly used = new Map<string, number>();
  private minute = 0;

  constructor(private readonly clock: Clock) {}

  /** Adds a request's weight. @returns the weight used in this minute, this request included */
  add(address: string, weight: number): number {
    const minute = Math.floor(this.clock.now() / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.used.clear();
    }
    const total = (this.used.get(address) ?? 0) + weight;
    this.used.set(address, total);
    return total;
  }

  /** Whole seconds until the weight starts again from zero. */
  get secondsToReset(): number {
    return Math.ceil((MINUTE_MS - (this.clock.now() % MINUTE_MS)) / 1000);
  }
}
