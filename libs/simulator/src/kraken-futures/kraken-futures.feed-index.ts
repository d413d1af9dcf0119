import type { FeedKind } from './kraken-futures.feeds.ts';
import type { KrakenFuturesConnection } from './kraken-futures.connection.ts';
import type { Payload } from './kraken-futures.frames.ts';

/** Who receives which feed. */
export class FeedIndex {
  private readonly followers = new Map<string, Set<KrakenFuturesConnection>>();

  join(name: string, connection: KrakenFuturesConnection): void {
    const all = this.followers.get(name) ?? new Set();
    this.followers.set(name, all.add(connection));
  }

  leave(name: string, connection: KrakenFuturesConnection): void {
    const all = this.followers.get(name);
    all?.delete(connection);
    if (all?.size === 0) this.followers.delete(name);
  }

  /** Whether anybody receives it. */
  has(kind: FeedKind, product: string): boolean {
    return this.followers.has(nameOf(kind, product));
  }

  /** Sends a frame to all who receive it; without anybody there, none is made. */
  publish(kind: FeedKind, product: string, frame: () => Payload): void {
    const name = nameOf(kind, product);
    const all = this.followers.get(name);
    if (all === undefined) return;
    const text = JSON.stringify(frame());
    // A copy: a transport may close a connection while it is being sent to.
    for (const connection of [...all]) connection.sendData(name, text);
  }
}

function nameOf(kind: FeedKind, product: string): string {
  return product === '' ? kind : `${kind}:${product}`;
}
