import type { Clock } from '@exchange-stream/market-data';
import { ToxicStage } from './toxic-stage.ts';
import type { SlowClose } from './toxic.ts';

export class SlowCloseStage extends ToxicStage {
  constructor(
    clock: Clock,
    private readonly toxic: SlowClose,
  ) {
    super(clock);
  }

  override async end(forward: () => Promise<void>): Promise<void> {
    await this.pause(this.toxic.delayMs);
    await forward();
  }
}
