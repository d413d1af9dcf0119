import type { Clock, Timer } from '@exchange-stream/market-data';
import type { PlannedMaintenance } from '../simulated-exchange.ts';

/** Whether the platform is in operation, and the timers of announced maintenance. */
export class BitfinexMaintenance {
  private readonly timers = new Set<Timer>();
  private under = 0;

  /** @param onChange told when the platform goes down for maintenance, and when it is back */
  constructor(
    private readonly clock: Clock,
    private readonly onChange: (isOperative: boolean) => void,
  ) {}

  get isOperative(): boolean {
    return this.under === 0;
  }

  announce({ beginsInMs, lastsMs }: PlannedMaintenance): void {
    this.after(beginsInMs, () => this.begin());
    this.after(beginsInMs + lastsMs, () => this.end());
  }

  begin(): void {
    if (++this.under === 1) this.onChange(false);
  }

  end(): void {
    if (this.under > 0 && --this.under === 0) this.onChange(true);
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.under = 0;
  }

  private after(delayMs: number, task: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      task();
    });
    this.timers.add(timer);
  }
}
