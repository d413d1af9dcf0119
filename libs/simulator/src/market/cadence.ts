import type { Clock, Timer } from '@exchange-stream/market-data';

const TENTH_OF_SECOND_MS = 100;

/**
 * Beats at every tenth of a second of wall-clock time, or at every whole multiple of the periods it is given, so that
 * candles close on the second and every subscriber shares the same windows. A beat that comes late stands for all that
 * were missed.
 */
export class Cadence {
  private timer: Timer | undefined;
  private last: number;

  /** @param onBeat asked to do what is due; `due(1000)` is true once in each whole second */
  constructor(
    private readonly clock: Clock,
    private readonly onBeat: (due: (periodMs: number) => boolean) => void,
    private readonly periodsMs: readonly number[] = [TENTH_OF_SECOND_MS],
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
    this.timer = this.clock.after(
      Math.min(...this.periodsMs.map((periodMs) => periodMs - (now % periodMs))),
      () => {
        this.schedule();
        this.beat();
      },
    );
  }

  private beat(): void {
    const now = this.clock.now();
    const before = this.last;
    this.last = now;
    this.onBeat((periodMs) => Math.floor(now / periodMs) !== Math.floor(before / periodMs));
  }
}
