import type { Clock, Timer } from '@exchange-stream/market-data';
import type { FaultRecord, InjectedFault } from './exchange-faults.ts';
import type { Fault } from './fault.ts';
import type { FaultLog } from './fault-log.ts';

export type FaultHit = Pick<FaultRecord, 'connectionId' | 'topic' | 'text'>;

/** A fault from its beginning to its end. */
export class LiveFault<F extends Fault = Fault> implements InjectedFault {
  hits = 0;
  over = false;
  private readonly onEnd: (() => void)[] = [];
  private readonly deadline: Timer | undefined;

  constructor(
    readonly fault: F,
    clock: Clock,
    private readonly log: FaultLog,
  ) {
    const described: Fault = fault;
    log.add({ fault, event: 'began' });
    const forMs = 'forMs' in described ? described.forMs : undefined;
    if (forMs !== undefined) this.deadline = clock.after(forMs, () => this.clear());
  }

  /** Notes that it struck, and ends it with its last hit. The caller does the harm before. */
  hit(detail: FaultHit): void {
    this.hits++;
    this.log.add({ fault: this.fault, event: 'hit', ...detail });
    const described: Fault = this.fault;
    const count = 'count' in described ? described.count : undefined;
    if (count !== undefined && this.hits >= count) this.clear();
  }

  /** Runs the task when the fault ends, however it ends. */
  atEnd(task: () => void): void {
    this.onEnd.push(task);
  }

  clear(): void {
    if (this.over) return;
    this.over = true;
    this.deadline?.cancel();
    this.log.add({ fault: this.fault, event: 'ended' });
    for (const task of this.onEnd) task();
  }
}
