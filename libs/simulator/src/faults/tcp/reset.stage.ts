import type { Clock } from '@exchange-stream/market-data';
import { ToxicStage, type DisturbedWire } from './toxic-stage.ts';
import type { Reset } from './toxic.ts';

export class ResetStage extends ToxicStage {
  constructor(clock: Clock, { afterMs = 0 }: Reset, wire: DisturbedWire) {
    super(clock);
    this.schedule(afterMs, () => wire.reset());
  }
}
