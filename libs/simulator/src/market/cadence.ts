import type { Clock, Timer } from '@exchange-stream/market-data';

const PERIOD_MS = 100;

/**
 * Beats at every tenth of a second of wall-clock time, so that candles close on the second and every subscriber shares
 * the same windows. A beat that comes late stands for all that were missed.
 */
export class Cadence {
  private timer: Timer | undefined;
  private last: number;

  /** @param onBeat asked to do what is due; `due(1000)` is true once in each whole second */
  constructor(
    private readonly clock: Clock,
    private readonly onBeat: (due: (periodMs: number) => boolean) => void,
  ) {
    this.last = clock.now();
  }

  start(): void {
    if (this.timer !== undefined) return;
    this.last = this.clock.now();
    this.schedule();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private schedule(): void {
    const now = this.clock.now();
    this.timer = this.clock.after(PERIOD_MS - (now % PERIOD_MS), () => {
      this.schedule();
      this.beat();
    });
  }

  private beat(): void {
    const now = this.clock.now();
    const before = this.last;
    this.last = now;
    this.onBeat((periodMs) => Math.floor(now / periodMs) !== Math.floor(before / periodMs));
  }
}
