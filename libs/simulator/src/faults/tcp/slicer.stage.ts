import type { Clock, Random } from '@exchange-stream/market-data';
import { ToxicStage, type Chunk, type Forward } from './toxic-stage.ts';
import type { Slicer } from './toxic.ts';

export class SlicerStage extends ToxicStage {
  constructor(
    clock: Clock,
    private readonly toxic: Slicer,
    private readonly random: Random,
  ) {
    super(clock);
  }

  override async pass({ bytes, readAt }: Chunk, forward: Forward): Promise<void> {
    let sent = 0;
    while (sent < bytes.length && !this.released) {
      await this.pause(this.toxic.delayMs ?? 0);
      const piece = bytes.subarray(sent, sent + this.nextLength());
      await forward({ bytes: piece, readAt });
      sent += piece.length;
    }
    if (sent < bytes.length) await forward({ bytes: bytes.subarray(sent), readAt });
  }

  private nextLength(): number {
    const { bytes, variation = 0 } = this.toxic;
    return Math.max(1, Math.round(bytes + (this.random.next() * 2 - 1) * variation));
  }
}
