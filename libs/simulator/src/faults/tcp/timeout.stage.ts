import type { Clock } from '@exchange-stream/market-data';
import { ToxicStage, type Chunk, type DisturbedWire, type Forward } from './toxic-stage.ts';
import type { Timeout } from './toxic.ts';

export class TimeoutStage extends ToxicStage {
  private swallowed: (() => void) | undefined;

  constructor(clock: Clock, { closeAfterMs }: Timeout, wire: DisturbedWire) {
    super(clock);
    if (closeAfterMs !== undefined) this.schedule(closeAfterMs, () => wire.close());
  }

  override async pass(chunk: Chunk, forward: Forward): Promise<void> {
    await this.silence();
    await forward(chunk);
  }

  /** Nobody learns that the sender has left, either. */
  override async end(forward: () => Promise<void>): Promise<void> {
    await this.silence();
    await forward();
  }

  override release(): void {
    super.release();
    this.swallowed?.();
  }

  private silence(): Promise<void> {
    if (this.released) return Promise.resolve();
    return new Promise((resolve) => (this.swallowed = resolve));
  }
}
