import type { Clock } from '@exchange-stream/market-data';
import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import { IDLE_MS } from './coinbase.limits.ts';
import type { Subscriptions } from './coinbase.subscriptions.ts';

/**
 * Closes channels that had no news for too long, on connections that have no heartbeats. It does so without a word: nothing
 * is published about one.
 */
export class IdleChannels {
  private readonly limits = new WeakMap<CoinbaseConnection, number>();

  /** @param chance in [0, 1): how patient the exchange is with a connection */
  constructor(
    private readonly clock: Clock,
    private readonly subscriptions: Subscriptions,
    private readonly chance: () => number,
  ) {}

  close(connections: Iterable<CoinbaseConnection>): void {
    const now = this.clock.monotonic();
    for (const connection of connections) {
      const channels = this.subscriptions.channelsOf(connection);
      if (channels.includes('heartbeats')) continue;
      const limitMs = this.limitOf(connection);
      for (const channel of channels) {
        const topics = this.subscriptions.topicsOf(connection, channel);
        const latest = Math.max(...topics.map((topic) => connection.lastSent(topic)));
        if (now - latest > limitMs) this.subscriptions.remove(connection, channel);
      }
    }
  }

  private limitOf(connection: CoinbaseConnection): number {
    const known = this.limits.get(connection);
    if (known !== undefined) return known;
    const { least, most } = IDLE_MS;
    const limit = least + Math.floor(this.chance() * (most - least));
    this.limits.set(connection, limit);
    return limit;
  }
}
