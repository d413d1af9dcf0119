import type { Clock, Timer } from '@exchange-stream/market-data';
import type { PlannedMaintenance } from '../simulated-exchange.ts';
import type { Feed, FeedSurroundings, Payload } from './bybit.feed.ts';

export type MaintenanceState = 'scheduled' | 'ongoing' | 'completed' | 'canceled';

/** A maintenance, as the platform announces it. Times are milliseconds since the epoch. */
export interface Maintenance {
  readonly title: string;
  readonly state: MaintenanceState;
  readonly begin: number;
  readonly end: number;
}

/** Announces each maintenance when it is planned, when it begins and when it is over. */
export class MaintenanceSchedule {
  private readonly timers = new Set<Timer>();

  constructor(
    private readonly clock: Clock,
    private readonly announce: (maintenance: Maintenance) => void,
  ) {}

  plan({ title, beginsInMs, lastsMs }: PlannedMaintenance): void {
    const begin = this.clock.now() + beginsInMs;
    const announce = (state: MaintenanceState): void =>
      this.announce({ title, state, begin, end: begin + lastsMs });
    announce('scheduled');
    this.after(beginsInMs, () => announce('ongoing'));
    this.after(beginsInMs + lastsMs, () => announce('completed'));
  }

  stop(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers.clear();
  }

  private after(delayMs: number, task: () => void): void {
    const timer = this.clock.after(delayMs, () => {
      this.timers.delete(timer);
      task();
    });
    this.timers.add(timer);
  }
}

/** Tells what the platform announces. */
export class SystemStatusFeed implements Feed {
  constructor(private readonly surroundings: FeedSurroundings) {}

  greeting(): undefined {
    return undefined;
  }

  announce(maintenance: Maintenance): void {
    const { topic, clock } = this.surroundings;
    this.surroundings.send(statusFrame(topic, maintenance, clock));
  }
}

export function statusFrame(topic: string, maintenance: Maintenance, clock: Clock): Payload {
  const { title, state, begin, end } = maintenance;
  return {
    topic,
    ts: Math.floor(clock.now()),
    data: [
      {
        id: `4d95b2a0-587f-11f0-bcc9-${Math.floor(begin).toString(16).padStart(12, '0').slice(-12)}`,
        title,
        state,
        begin: String(Math.floor(begin)),
        end: String(Math.floor(end)),
        href: '',
        serviceTypes: [2, 3, 4, 5],
        product: [1, 2],
        uidSuffix: [],
        maintainType: 1,
        env: 1,
      },
    ],
  };
}
