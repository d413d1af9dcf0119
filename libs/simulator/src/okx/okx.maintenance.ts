import type { Clock, Timer } from '@exchange-stream/market-data';
import type { PlannedMaintenance } from '../simulated-exchange.ts';
import type { Payload } from './okx.frames.ts';

type State = 'scheduled' | 'ongoing' | 'completed';

interface Entry {
  readonly title: string;
  readonly begin: number;
  readonly end: number;
  state: State;
}

/** The schedule of maintenance that the channel `status` shows. */
export class OkxMaintenance {
  private readonly entries = new Set<Entry>();
  private readonly timers = new Set<Timer>();

  /** @param onChanged told of a row that is new, or in another state */
  constructor(
    private readonly clock: Clock,
    private readonly onChanged: (row: Payload) => void,
  ) {}

  announce({ title, beginsInMs, lastsMs }: PlannedMaintenance): void {
    const begin = this.clock.now() + beginsInMs;
    const entry: Entry = { title, begin, end: begin + lastsMs, state: 'scheduled' };
    this.entries.add(entry);
    this.tell(entry);
    this.after(beginsInMs, () => this.become(entry, 'ongoing'));
    this.after(beginsInMs + lastsMs, () => {
      this.become(entry, 'completed');
      this.entries.delete(entry);
    });
  }

  /** What is still to come, or under way. */
  get rows(): readonly Payload[] {
    return [...this.entries].map((entry) => this.rowOf(entry));
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
    this.entries.clear();
  }

  private become(entry: Entry, state: State): void {
    entry.state = state;
    this.tell(entry);
  }

  private tell(entry: Entry): void {
    this.onChanged(this.rowOf(entry));
  }

  private rowOf({ title, state, begin, end }: Entry): Payload {
    return {
      title,
      state,
      begin: String(begin),
      end: String(end),
      href: '',
      serviceType: '0',
      system: 'unified',
      scheDesc: '',
      ts: String(this.clock.now()),
    };
  }

  private after(delayMs: number, task: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      task();
    });
    this.timers.add(timer);
  }
}
