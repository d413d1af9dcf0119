import type { Clock, Random } from '@exchange-stream/market-data';
import { BandwidthStage } from './bandwidth.stage.ts';
import { LatencyStage } from './latency.stage.ts';
import { LimitDataStage } from './limit-data.stage.ts';
import { ResetStage } from './reset.stage.ts';
import { SlicerStage } from './slicer.stage.ts';
import { SlowCloseStage } from './slow-close.stage.ts';
import { TimeoutStage } from './timeout.stage.ts';
import type { DisturbedWire, ToxicStage } from './toxic-stage.ts';
import type { Toxic } from './toxic.ts';

/** Puts a toxic to work on one direction of one connection. */
export function stageOf(toxic: Toxic, wire: DisturbedWire, clock: Clock, random: Random): ToxicStage {
  switch (toxic.type) {
    case 'latency':
      return new LatencyStage(clock, toxic, random);
    case 'bandwidth':
      return new BandwidthStage(clock, toxic);
    case 'slow-close':
      return new SlowCloseStage(clock, toxic);
    case 'timeout':
      return new TimeoutStage(clock, toxic, wire);
    case 'reset':
      return new ResetStage(clock, toxic, wire);
    case 'slicer':
      return new SlicerStage(clock, toxic, random);
    case 'limit-data':
      return new LimitDataStage(clock, toxic, wire);
  }
}
