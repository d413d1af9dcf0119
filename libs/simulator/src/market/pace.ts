import type { Clock, Timer } from '@exchange-stream/market-data';

/**
 * Lets what waits go at whole multiples of a period, each once, and rests while nothing does: for what is published so
 * fast that an ever-beating `Cadence` would beat for nothing most of the time.
 */
export class Pace<T> {
  private readonly waiting = new Set<T>();
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly periodMs: number,
    private readonly go: (item: T) => void,
  ) {}

  add(item: T): void {
    this.waiting.add(item);
    this.timer ??= this.clock.after(this.periodMs - (this.clock.now() % this.periodMs), () => this.flush());
  }

  /** Lets go at once what waits. */
  flush(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const items = [...this.waiting];
    this.waiting.clear();
    for (const item of items) this.go(item);
  }

  /** Forgets what waits. */
  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.waiting.clear();
  }
}
