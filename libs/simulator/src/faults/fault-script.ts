import type { Clock, Timer } from '@exchange-stream/market-data';
import type { FaultTrigger, ScriptedFault } from './exchange-faults.ts';
import type { Fault } from './fault.ts';

/** Something that happened on the exchange. */
export type Occurrence =
  | { readonly on: 'connect' }
  | { readonly on: 'frame'; readonly topic: string }
  | { readonly on: 'request'; readonly topics: readonly string[] }
  | { readonly on: 'rest'; readonly path: string };

interface Waiting {
  readonly fault: Fault;
  readonly when: FaultTrigger;
  seen: number;
}

/** Faults that wait for their moment. */
export class FaultScript {
  private readonly timers = new Set<Timer>();
  private waiting: Waiting[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly begin: (fault: Fault) => void,
  ) {}

  add(scripted: ScriptedFault): void {
    const { fault } = scripted;
    if ('when' in scripted) {
      this.waiting.push({ fault, when: scripted.when, seen: 0 });
      return;
    }
    const timer = this.clock.after(scripted.atMs, () => {
      this.timers.delete(timer);
      this.begin(fault);
    });
    this.timers.add(timer);
  }

  /** Begins what waited for this. */
  occur(occurrence: Occurrence): void {
    if (this.waiting.length === 0) return;
    const due = this.waiting.filter(
      (entry) => matches(entry.when, occurrence) && ++entry.seen === (entry.when.nth ?? 1),
    );
    this.waiting = this.waiting.filter((entry) => !due.includes(entry));
    for (const { fault } of due) this.begin(fault);
  }

  clear(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.waiting = [];
  }
}

function matches(when: FaultTrigger, occurrence: Occurrence): boolean {
  switch (when.on) {
    case 'connect':
      return occurrence.on === 'connect';
    case 'frame':
      return occurrence.on === 'frame' && (when.topic ?? occurrence.topic) === occurrence.topic;
    case 'request':
      return (
        occurrence.on === 'request' && (when.topic === undefined || occurrence.topics.includes(when.topic))
      );
    case 'rest':
      return occurrence.on === 'rest' && (when.path ?? occurrence.path) === occurrence.path;
  }
}
