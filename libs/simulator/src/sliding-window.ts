import type { Clock } from '@exchange-stream/market-data';

/** Adds up what happened within the last `lengthMs`. */
export class SlidingWindow {
  private readonly events: { readonly at: number; readonly weight: number }[] = [];
  private total = 0;

  constructor(
    private readonly clock: Clock,
    private readonly lengthMs: number,
  ) {}

  /** Adds one event and gives the weight within the window, this one included: their number, where each weighs 1. */
  add(weight: number = 1): number {
    const now = this.clock.monotonic();
    const first = this.events.findIndex(({ at }) => at > now - this.lengthMs);
    const past = this.events.splice(0, first === -1 ? this.events.length : first);
    for (const event of past) this.total -= event.weight;
    this.events.push({ at: now, weight });
    this.total += weight;
    return this.total;
  }
}
