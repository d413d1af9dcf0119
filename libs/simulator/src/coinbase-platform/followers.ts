import type { CoinbaseConnection } from './connection.ts';

const NOBODY: ReadonlySet<CoinbaseConnection> = new Set();

/** Who receives what: topics are a channel and a product, such as `level2:BTC-USD`, or a channel alone. */
export class Followers {
  private readonly byTopic = new Map<string, Set<CoinbaseConnection>>();

  join(topic: string, connection: CoinbaseConnection): void {
    const followers = this.byTopic.get(topic) ?? new Set();
    this.byTopic.set(topic, followers.add(connection));
  }

  leave(topic: string, connection: CoinbaseConnection): void {
    const followers = this.byTopic.get(topic);
    followers?.delete(connection);
    if (followers?.size === 0) this.byTopic.delete(topic);
  }

  has(topic: string): boolean {
    return this.byTopic.has(topic);
  }

  /** A copy: a transport may close a connection while it is being sent to. */
  of(topic: string): readonly CoinbaseConnection[] {
    return [...(this.byTopic.get(topic) ?? NOBODY)];
  }

  /** Sends a frame to all who receive the topic; it is not made where nobody does. */
  send(topic: string, text: () => string): void {
    if (!this.has(topic)) return;
    const frame = text();
    for (const connection of this.of(topic)) connection.sendData(topic, frame);
  }
}

export function topicName(channel: string, productId?: string): string {
  return productId === undefined ? channel : `${channel}:${productId}`;
}
