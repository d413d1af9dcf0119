import type { Channel } from '@exchange-stream/market-data';
import type { ExchangeCounters } from './exchange-counters.ts';

/** Names of ignored frames that are told apart; exchanges use a handful. */
const MAX_IGNORED_NAMES = 100;

/** Counts what one exchange sends. */
export class ExchangeStatistics implements ExchangeCounters {
  frames = 0;
  bytes = 0;
  reconnects = 0;
  resubscribes = 0;
  unhandled = 0;
  rejected = 0;
  undecodable = 0;
  gaps = 0;
  readonly events: Partial<Record<Channel, number>> = {};
  readonly lagMs: Partial<Record<Channel, number>> = {};
  readonly ignored = new Map<string, number>();

  event(channel: Channel): void {
    this.events[channel] = (this.events[channel] ?? 0) + 1;
  }

  ignore(name: string): void {
    const known = this.ignored.get(name);
    const counted = known === undefined && this.ignored.size >= MAX_IGNORED_NAMES ? 'others' : name;
    this.ignored.set(counted, (this.ignored.get(counted) ?? 0) + 1);
  }
}
