import type { Clock } from '@exchange-stream/market-data';
import { ToxicStage, type Chunk, type Forward } from './toxic-stage.ts';
import type { Bandwidth } from './toxic.ts';

/** Bytes leave in portions of a tenth of a second: even enough for a reader, few enough timers. */
const PORTIONS_PER_SECOND = 10;

export class BandwidthStage extends ToxicStage {
  /** When the line has sent what it was given. */
  private freeAt = 0;

  constructor(
    clock: Clock,
    private readonly toxic: Bandwidth,
  ) {
    super(clock);
  }

  override async pass({ bytes, readAt }: Chunk, forward: Forward): Promise<void> {
    const { bytesPerSecond } = this.toxic;
    const portion = Math.max(1, Math.floor(bytesPerSecond / PORTIONS_PER_SECOND));
    let sent = 0;
    while (sent < bytes.length && !this.released) {
      const piece = bytes.subarray(sent, sent + portion);
      const now = this.clock.monotonic();
      this.freeAt = Math.max(this.freeAt, now) + (piece.length / bytesPerSecond) * 1000;
      await this.pause(this.freeAt - now);
      await forward({ bytes: piece, readAt });
      sent += piece.length;
    }
    if (sent < bytes.length) await forward({ bytes: bytes.subarray(sent), readAt });
  }
}
