import type { Clock } from '@exchange-stream/market-data';
import type { ProtocolViolation } from './simulated-exchange.ts';

const RETAINED = 10_000;

/** The rules clients broke, oldest first. */
export class ViolationLog {
  readonly entries: ProtocolViolation[] = [];

  constructor(private readonly clock: Clock) {}

  add(violation: Omit<ProtocolViolation, 'at'>): void {
    if (this.entries.length < RETAINED) this.entries.push({ at: this.clock.now(), ...violation });
  }
}
