import type { Clock, Timer } from '@exchange-stream/market-data';

/** The clock of a recording: it stands at the line being read. */
export class RecordedClock implements Clock {
  private current = 0;

  now(): number {
    return this.current;
  }

  monotonic(): number {
    return this.current;
  }

  /** Nothing that a recording is pushed through waits: what happens next is the next line. */
  after(): Timer {
    throw new Error('A recording has no timers: time passes from line to line.');
  }

  /** Lines of two files may be out of step by a little; time never goes back for that. */
  moveTo(time: number): void {
    this.current = Math.max(this.current, time);
  }
}
