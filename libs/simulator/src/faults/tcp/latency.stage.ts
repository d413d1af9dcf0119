import type { Clock, Random } from '@exchange-stream/market-data';
import { ToxicStage, type Chunk, type Forward } from './toxic-stage.ts';
import type { Latency } from './toxic.ts';

export class LatencyStage extends ToxicStage {
  constructor(
    clock: Clock,
    private readonly toxic: Latency,
    private readonly random: Random,
  ) {
    super(clock);
  }

  /** Counted from the reading, so that bytes which waited behind others do not wait twice. */
  override async pass(chunk: Chunk, forward: Forward): Promise<void> {
    const { delayMs, jitterMs = 0 } = this.toxic;
    const jitter = (this.random.next() * 2 - 1) * jitterMs;
    await this.pause(chunk.readAt + delayMs + jitter - this.clock.monotonic());
    await forward(chunk);
  }
}
