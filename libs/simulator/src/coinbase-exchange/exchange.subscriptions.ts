import type { CoinbaseConnection } from '../coinbase-platform/connection.ts';
import { topicName, type Followers } from '../coinbase-platform/followers.ts';
import type { AskedChannel } from './exchange.control.ts';

/** What each connection has subscribed, by channel; and who has how much of one topic. */
export class Subscriptions {
  private readonly held = new Map<CoinbaseConnection, Map<string, Set<string>>>();
  /** Whose connection it is: an account, or without one an address. */
  private readonly owners = new Map<CoinbaseConnection, string>();

  constructor(private readonly followers: Followers) {}

  /** The keys of a connection count from its first signed request on. */
  own(connection: CoinbaseConnection, account: string | undefined): void {
    const known = this.owners.get(connection);
    this.owners.set(connection, account ?? known ?? connection.address);
  }

  /** How many connections of the same owner have a topic, without this one. */
  othersWith(connection: CoinbaseConnection, topic: string): number {
    const owner = this.owners.get(connection);
    return this.followers
      .of(topic)
      .filter((other) => other !== connection && this.owners.get(other) === owner).length;
  }

  add(connection: CoinbaseConnection, { name, productIds }: AskedChannel): void {
    const channels = this.held.get(connection) ?? new Map<string, Set<string>>();
    this.held.set(connection, channels);
    const products = channels.get(name) ?? new Set();
    channels.set(name, products);
    for (const id of productIds) products.add(id);
    for (const topic of topicsOf(name, productIds)) {
      connection.subscriptions.add(topic);
      this.followers.join(topic, connection);
    }
  }

  /** Without products all of the channel. */
  remove(connection: CoinbaseConnection, { name, productIds }: AskedChannel): void {
    const channels = this.held.get(connection);
    const products = channels?.get(name);
    if (channels === undefined || products === undefined) return;
    const going = productIds.length === 0 ? [...products] : productIds;
    for (const id of going) products.delete(id);
    for (const topic of topicsOf(name, going)) {
      connection.subscriptions.delete(topic);
      this.followers.leave(topic, connection);
    }
    if (products.size === 0) channels.delete(name);
  }

  removeAll(connection: CoinbaseConnection): void {
    for (const name of [...(this.held.get(connection)?.keys() ?? [])])
      this.remove(connection, { name, productIds: [] });
    this.held.delete(connection);
    this.owners.delete(connection);
  }

  /** The whole set, and what is to be listed besides, though it is not subscribed. */
  listed(connection: CoinbaseConnection, also: readonly AskedChannel[] = []): readonly AskedChannel[] {
    const channels = new Map<string, readonly string[]>();
    for (const [name, products] of this.held.get(connection) ?? []) channels.set(name, [...products]);
    for (const { name, productIds } of also)
      channels.set(name, [...new Set([...(channels.get(name) ?? []), ...productIds])]);
    return [...channels].map(([name, productIds]) => ({ name, productIds }));
  }
}

/** A channel without products is a topic itself. */
export function topicsOf(name: string, productIds: readonly string[]): readonly string[] {
  return productIds.length === 0 ? [topicName(name)] : productIds.map((id) => topicName(name, id));
}
