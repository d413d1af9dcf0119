import type { Clock } from '@exchange-stream/market-data';
import { ToxicStage, type Chunk, type DisturbedWire, type Forward } from './toxic-stage.ts';
import type { LimitData } from './toxic.ts';

export class LimitDataStage extends ToxicStage {
  private remaining: number;

  constructor(
    clock: Clock,
    { bytes }: LimitData,
    private readonly wire: DisturbedWire,
  ) {
    super(clock);
    this.remaining = bytes;
  }

  override async pass(chunk: Chunk, forward: Forward): Promise<void> {
    if (this.released) return forward(chunk);
    const { bytes, readAt } = chunk;
    const allowed = bytes.subarray(0, this.remaining);
    this.remaining -= allowed.length;
    if (allowed.length > 0) await forward({ bytes: allowed, readAt });
    if (this.remaining === 0) this.wire.close();
  }
}
