import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import { topicName, type Followers } from '../coinbase-platform/followers.ts';
import { isProductChannel, type Channel } from './coinbase.channels.ts';
import { productOf } from './coinbase.instruments.ts';

/** What each connection has subscribed: names of products as they were asked for, by channel. */
export class Subscriptions {
  private readonly held = new Map<CoinbaseConnection, Map<Channel, Set<string>>>();
  private acknowledged = 0;

  constructor(private readonly followers: Followers) {}

  /** @param ids names of products; of channels of the whole exchange none */
  add(connection: CoinbaseConnection, channel: Channel, ids: readonly string[]): void {
    const channels = this.held.get(connection) ?? new Map<Channel, Set<string>>();
    this.held.set(connection, channels);
    const names = channels.get(channel) ?? new Set();
    channels.set(channel, names);
    // A channel of the whole exchange is listed by its own name.
    for (const id of isProductChannel(channel) ? ids : [channel]) {
      names.add(id);
      connection.subscriptions.add(nameOf(channel, id));
      this.followers.join(topicOf(channel, id), connection);
    }
  }

  /** @param ids none: all of the channel */
  remove(connection: CoinbaseConnection, channel: Channel, ids: readonly string[] = []): void {
    const names = this.held.get(connection)?.get(channel);
    if (names === undefined) return;
    const going = ids.length === 0 || !isProductChannel(channel) ? [...names] : ids;
    for (const id of going) {
      if (!names.delete(id)) continue;
      connection.subscriptions.delete(nameOf(channel, id));
      const topic = topicOf(channel, id);
      // The same product may be had by another of its names.
      if ([...names].some((other) => topicOf(channel, other) === topic)) continue;
      this.followers.leave(topic, connection);
      connection.forget(topic);
    }
    if (names.size === 0) this.held.get(connection)?.delete(channel);
  }

  removeAll(connection: CoinbaseConnection): void {
    for (const channel of this.channelsOf(connection)) this.remove(connection, channel);
    this.held.delete(connection);
  }

  channelsOf(connection: CoinbaseConnection): readonly Channel[] {
    return [...(this.held.get(connection)?.keys() ?? [])];
  }

  topicsOf(connection: CoinbaseConnection, channel: Channel): readonly string[] {
    return [...(this.held.get(connection)?.get(channel) ?? [])].map((id) => topicOf(channel, id));
  }

  /**
   * The whole set as the exchange tells it: channels by their names, products in no order.
   * @param also what is to be listed besides, though it is not subscribed
   */
  listed(
    connection: CoinbaseConnection,
    also?: { readonly channel: string; readonly ids: readonly string[] },
  ): Readonly<Record<string, readonly string[]>> {
    const channels = new Map<string, Set<string>>();
    for (const [channel, names] of this.held.get(connection) ?? []) channels.set(channel, new Set(names));
    if (also !== undefined)
      channels.set(also.channel, new Set([...(channels.get(also.channel) ?? []), ...also.ids]));
    const isReversed = this.acknowledged++ % 2 === 1;
    return Object.fromEntries(
      [...channels]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([channel, names]) => [channel, isReversed ? [...names].reverse() : [...names]]),
    );
  }
}

/** The topic by which a subscription is had: that of the product, whichever name it was asked for by. */
function topicOf(channel: Channel, id: string): string {
  return isProductChannel(channel) ? topicName(channel, productOf(id)) : topicName(channel);
}

/** A subscription by the name it was asked for. */
export function nameOf(channel: string, id: string): string {
  return isProductChannel(channel) ? topicName(channel, id) : topicName(channel);
}
