import { InvalidOptionsError } from '../errors.ts';
import type { EngineTuning } from '../options.ts';
import type { ExchangeRoute } from '../route/exchange-route.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { ConnectionView } from './connection-state.ts';
import { StreamingConnection, type StreamingEnvironment } from './streaming-connection.ts';

/** All connections of one exchange: opened when a topic needs room, closed when their last topic is gone. */
export class ConnectionPool {
  private readonly connections = new Set<StreamingConnection>();
  /** Those that close; waited for at the end. */
  private readonly closing = new Set<Promise<void>>();
  private readonly numbers = new Map<string, number>();

  constructor(
    private readonly environment: Omit<StreamingEnvironment, 'emptied'>,
    private readonly route: ExchangeRoute,
    private readonly tuning: Required<EngineTuning>,
  ) {}

  views(): ConnectionView[] {
    return [...this.connections].map((connection) => connection.view());
  }

  /** Gives a placed subscription to the connection that carries its topic, else to the first with room, else to a new one. */
  add(subscription: Subscription): void {
    const { place } = subscription;
    if (!place) return;
    const candidates = [...this.connections].filter(({ endpointKey }) => endpointKey === place.endpoint);
    const connection =
      candidates.find((candidate) => candidate.carries(place.topic)) ??
      candidates.find((candidate) => candidate.room > 0) ??
      this.create(place.endpoint);
    subscription.assigned(connection.id);
    connection.add(place.topic, subscription);
  }

  remove(subscription: Subscription): void {
    const { place } = subscription;
    if (!place) return;
    for (const connection of this.connections) {
      if (connection.carries(place.topic)) connection.remove(place.topic, subscription);
    }
  }

  /** Asks for a subscription's topic again, on the connection that carries it. */
  renew(subscription: Subscription, reason: string): void {
    const { place } = subscription;
    if (place) this.carrierOf(subscription)?.renew(place.topic, reason);
  }

  /**
   * Takes a subscription to another connection that can carry it at once, else to a new one. What moves later for the
   * same cause finds that one: an exchange in trouble does not cost a connection for each topic.
   */
  move(subscription: Subscription): void {
    const { place } = subscription;
    if (!place) return;
    const from = this.carrierOf(subscription);
    const others = [...this.connections].filter(
      (other) => other !== from && other.endpointKey === place.endpoint && other.view().state !== 'waiting',
    );
    const to =
      others.find((other) => other.carries(place.topic)) ??
      others.find((other) => other.room > 0) ??
      this.create(place.endpoint);
    subscription.assigned(to.id);
    to.add(place.topic, subscription);
    from?.remove(place.topic, subscription);
  }

  /** Where the exchange is reached has changed: the connections move to the new way. */
  reroute(reason: string, endpointKeys?: readonly string[]): void {
    for (const connection of [...this.connections])
      if (endpointKeys?.includes(connection.endpointKey) ?? true) connection.reroute(reason);
  }

  /** Closes every connection, each within the deadline. */
  async close(): Promise<void> {
    for (const connection of this.connections) this.retire(connection);
    await Promise.all(this.closing);
  }

  private carrierOf({ connection }: Subscription): StreamingConnection | undefined {
    return [...this.connections].find(({ id }) => id === connection);
  }

  private create(endpointKey: string): StreamingConnection {
    const { adapter } = this.environment;
    const endpoint = adapter.endpoints[endpointKey];
    if (!endpoint)
      throw new InvalidOptionsError(`${adapter.exchange} declares no endpoint "${endpointKey}".`);
    const number = (this.numbers.get(endpointKey) ?? 0) + 1;
    this.numbers.set(endpointKey, number);
    const connection = new StreamingConnection(
      {
        ...this.tuning,
        id: `${adapter.exchange}/${endpointKey}/${number}`,
        exchange: adapter.exchange,
        endpointKey,
        endpoint,
        route: () => this.route.socket(endpointKey),
      },
      { ...this.environment, emptied: (emptied) => this.retire(emptied) },
    );
    this.connections.add(connection);
    return connection;
  }

  private retire(connection: StreamingConnection): void {
    if (!this.connections.delete(connection)) return;
    const closed = connection.close(this.tuning.closeDeadlineMs);
    this.closing.add(closed);
    void closed.then(() => this.closing.delete(closed));
  }
}
