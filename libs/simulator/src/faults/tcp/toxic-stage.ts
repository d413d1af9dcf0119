import type { Clock, Timer } from '@exchange-stream/market-data';

/** Bytes on their way, and when they were read from their sender. */
export interface Chunk {
  readonly bytes: Buffer;
  /** Monotonic milliseconds. */
  readonly readAt: number;
}

export type Forward = (chunk: Chunk) => Promise<void>;

/** What a stage may do to the connection it stands in. */
export interface DisturbedWire {
  /** Closes both ends, the receiving one with FIN after what it was sent. */
  close(): void;
  /** The receiving end sees a reset. */
  reset(): void;
}

/**
 * One toxic at work on one direction of one connection. A stage settles each call when it is ready for the next, which
 * is all the backpressure there is: what waits, waits in the sender's own buffers.
 */
export abstract class ToxicStage {
  protected released = false;
  private readonly waits = new Map<Timer, () => void>();

  constructor(protected readonly clock: Clock) {}

  /** Lets bytes on their way: at once, later, in pieces, or not. */
  pass(chunk: Chunk, forward: Forward): Promise<void> {
    return forward(chunk);
  }

  /** Lets the end of the stream on its way. */
  end(forward: () => Promise<void>): Promise<void> {
    return forward();
  }

  /** The toxic was removed, or the connection is over: whatever waits here goes on at once. */
  release(): void {
    this.released = true;
    for (const [timer, resume] of this.waits) {
      timer.cancel();
      resume();
    }
    this.waits.clear();
  }

  /** Settles after the delay, or on release. */
  protected pause(delayMs: number): Promise<void> {
    if (this.released || delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.clock.after(delayMs, () => {
        this.waits.delete(timer);
        resolve();
      });
      this.waits.set(timer, resolve);
    });
  }

  /** Runs the task after the delay, unless the stage is released before. */
  protected schedule(delayMs: number, task: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.waits.delete(timer);
      task();
    });
    this.waits.set(timer, () => undefined);
  }
}
