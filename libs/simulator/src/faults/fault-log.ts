import type { Clock } from '@exchange-stream/market-data';
import type { FaultRecord } from './exchange-faults.ts';

const RETAINED = 10_000;

/** What faults did, oldest first. */
export class FaultLog {
  readonly records: FaultRecord[] = [];

  constructor(private readonly clock: Clock) {}

  add(record: Omit<FaultRecord, 'at'>): void {
    if (this.records.length < RETAINED) this.records.push({ at: this.clock.now(), ...record });
  }
}
