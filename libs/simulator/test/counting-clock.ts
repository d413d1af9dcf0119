import { SystemClock, type Timer } from '@exchange-stream/market-data';

/** The machine's clock, which knows what still waits: a timer left behind keeps a process alive. */
export class CountingClock extends SystemClock {
  private readonly waiting = new Set<Timer>();

  get pending(): number {
    return this.waiting.size;
  }

  override after(delayMs: number, task: () => void): Timer {
    const handle = super.after(delayMs, () => {
      this.waiting.delete(timer);
      task();
    });
    const timer: Timer = {
      cancel: () => {
        handle.cancel();
        this.waiting.delete(timer);
      },
    };
    this.waiting.add(timer);
    return timer;
  }
}
