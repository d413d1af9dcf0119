import type { ExchangeAdapter } from '../../contract/index.ts';
import type { AuditedExchange } from '../audit/audited.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import { InvalidOptionsError } from '../errors.ts';
import { EndpointHold } from '../requests/endpoint-hold.ts';
import type { EndpointHandle } from '../requests/message-connection.ts';
import { createMessageIds } from '../requests/message-ids.ts';
import type { Account } from '../credentials/account.ts';
import type { Accounts } from '../credentials/accounts.ts';
import { logsIn } from '../credentials/logs-in.ts';
import type { BudgetUse } from '../limits/budget.ts';
import type { ExchangeRoute } from '../route/exchange-route.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { WirePlace } from '../subscription/wire-place.ts';
import {
  ConnectionFactory,
  type ConnectionLifeHooks,
  type MakingEnvironment,
  type PoolTuning,
} from './connection-factory.ts';
import type { ConnectionView } from './connection-state.ts';
import { EndpointConnections, type EndpointView } from './endpoint-connections.ts';
import { Rotations } from './rotation/rotations.ts';
import type { StreamingConnection } from './streaming-connection.ts';

/** What a pool needs from around it. */
export interface PoolEnvironment extends MakingEnvironment {
  readonly adapter: ExchangeAdapter;
  /** All subscriptions of the exchange. */
  subscriptions(): Iterable<Subscription>;
  /** A connection has lost its socket, pauses, resumes or is closed: nobody tells the end of what it has told. */
  silenced(connection: string): void;
  /** A connection carries a subscription no more. */
  left(connection: string, subscription: Subscription): void;
}

const NO_MORE_CONNECTIONS =
  'there are as many connections as the exchange allows one address, all of them full';

/** All connections of one exchange: opened when a topic needs room, closed when their last topic is gone. */
export class ConnectionPool {
  private readonly connections = new Map<string, StreamingConnection>();
  /** By the name of the endpoint and that of the account. */
  private readonly endpoints = new Map<string, EndpointConnections>();
  /** Where each connection belongs. */
  private readonly homes = new Map<StreamingConnection, EndpointConnections>();
  /** Those that close; waited for at the end. */
  private readonly closing = new Map<StreamingConnection, Promise<void>>();
  private readonly rotations: Rotations;
  private readonly factory: ConnectionFactory;

  constructor(
    private readonly environment: PoolEnvironment,
    route: ExchangeRoute,
    private readonly accounts: Accounts,
    private readonly tuning: PoolTuning,
  ) {
    const { adapter, platform, statistics, report } = environment;
    this.rotations = new Rotations({
      exchange: adapter.exchange,
      platform,
      statistics,
      report,
      deadlineMs: tuning.rotationDeadlineMs,
      carriedBy: ({ id }) => [...environment.subscriptions()].filter(({ connection }) => connection === id),
      successorOf: (connection) => this.create(this.homeOf(connection)),
      barred: (connection) => this.obstacleOf(this.homeOf(connection)) !== undefined,
      carry: (connection, subscription, place) => this.at(place).carry(connection, subscription, place),
      retire: (connection) => {
        connection.isLeaving = true;
        connection.whenAnswered(() => this.retire(connection));
      },
    });
    this.factory = new ConnectionFactory(environment, route, tuning, this.lifeHooks());
  }

  /** Connections there are, in whatever state. */
  get size(): number {
    return this.connections.size;
  }

  /** Topics that still fit on them. */
  get availableCapacity(): number {
    let available = 0;
    for (const endpoint of this.endpoints.values()) available += endpoint.availableCapacity;
    return available;
  }

  /** Those that it has, and those that it has left to close. */
  audited(): Pick<AuditedExchange, 'connections' | 'closing'> {
    const connections = [...this.connections.values()].map((connection) => ({
      ...connection.audited(),
      isHeld: this.homeOf(connection).keepsEmpty(connection),
    }));
    return { connections, closing: [...this.closing.keys()].map((connection) => connection.audited()) };
  }

  /**
   * Takes a connection on that is stuck, or a topic on it; one that carries nothing is closed. Returns what was done, in
   * words; undefined when there is no such connection.
   */
  unstick(inconsistency: Inconsistency): string | undefined {
    const { kind, topic, connection: id = '' } = inconsistency;
    const connection =
      this.connections.get(id) ?? [...this.closing.keys()].find((closing) => closing.id === id);
    if (!connection || kind !== 'unwanted' || topic !== undefined) return connection?.unstick(inconsistency);
    this.retire(connection);
    return 'closed';
  }

  /** Takes a subscription off its connection, whatever was believed of who carries it. */
  withdraw(subscription: Subscription): void {
    const { place } = subscription;
    if (!place) return;
    this.remove(subscription);
    this.at(place).distrust(place.topic);
  }

  views(): ConnectionView[] {
    return [...this.connections.values()].map((connection) => connection.view());
  }

  /** How each connection uses its budget of messages. */
  messageBudgets(): BudgetUse[] {
    return [...this.connections.values()].map(({ messageBudget }) => messageBudget);
  }

  /** Every endpoint that the exchange declares, used or not; and those of further accounts that were used. */
  endpointViews(): EndpointView[] {
    for (const key of Object.keys(this.environment.adapter.endpoints)) this.endpoint(key);
    return [...this.endpoints.values()].map((endpoint) => endpoint.view());
  }

  /**
   * Gives a placed subscription to the connection that carries its topic, else to the first with room, else to a new one.
   * One that needs a login for which there are no credentials, or only some that the exchange has refused, fails.
   */
  add(subscription: Subscription): void {
    const { place } = subscription;
    if (!place) return;
    const endpoint = this.at(place);
    const obstacle = this.obstacleOf(endpoint);
    if (obstacle !== undefined) return subscription.gaveUp('auth', obstacle, false);
    const found = endpoint.find(subscription, place);
    if (!found && this.isFull(endpoint)) return subscription.gaveUp('rejected', NO_MORE_CONNECTIONS, true);
    const connection = found ?? this.create(endpoint);
    endpoint.carry(connection, subscription, place);
    subscription.assigned(connection.id);
    connection.add(place.topic, subscription);
  }

  remove(subscription: Subscription): void {
    const { place } = subscription;
    if (!place) return;
    this.at(place).forget(subscription, place);
    const carrier = this.carrierOf(subscription);
    carrier?.remove(place.topic, subscription);
    if (carrier) this.environment.left(carrier.id, subscription);
    this.rotations.release(subscription);
  }

  /**
   * Keeps a connection to an endpoint open, topics or not, until it is released.
   * @throws InvalidOptionsError for an endpoint that there is not, or that wants a login for which there are no credentials
   * @throws SubscriptionRequestError for an account that there is not
   */
  hold(endpointKey: string, account?: string): EndpointHandle {
    const endpoint = this.endpoint(endpointKey, account);
    // What is refused now may be let in with other credentials.
    if (endpoint.account?.hasSource === false)
      throw new InvalidOptionsError(this.missingAt(endpoint.account, endpointKey));
    endpoint.holds++;
    return new EndpointHold(endpointKey, {
      exchange: this.environment.adapter.exchange,
      standing: endpoint.standing,
      nextId: endpoint.nextId,
      all: () => endpoint.all(),
      forMessages: () => endpoint.forMessages,
      released: () => {
        if (--endpoint.holds > 0) return;
        for (const connection of endpoint.all()) if (connection.size === 0) this.retire(connection);
      },
    });
  }

  /** Opens a connection to every endpoint that is held, has none, and would let one in as far as is known. */
  openHeld(): void {
    for (const endpoint of this.endpoints.values())
      if (endpoint.holds > 0 && endpoint.size === 0 && this.obstacleOf(endpoint) === undefined)
        this.create(endpoint).open();
  }

  /** A connection by its id, or else an open one to the endpoint `exchange/endpoint`. */
  find(connection: string): StreamingConnection | undefined {
    const found = this.connections.get(connection);
    if (found) return found;
    const { exchange } = this.environment.adapter;
    for (const endpoint of this.endpoints.values())
      if (`${exchange}/${endpoint.name}` === connection) return endpoint.forMessages;
    return undefined;
  }

  /** Takes everything on a connection over to a fresh one. Returns whether there is such a connection, and it is open. */
  rotate(connectionId: string, reason: string): boolean {
    const connection = this.connections.get(connectionId);
    return connection !== undefined && this.rotations.begin(connection, reason);
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
    const from = this.carrierOf(subscription);
    if (!place || !from) return;
    const endpoint = this.at(place);
    const found = endpoint.find(subscription, place, from);
    if (!found && this.isFull(endpoint)) return;
    const to = found ?? this.create(endpoint);
    endpoint.carry(to, subscription, place);
    subscription.assigned(to.id);
    to.add(place.topic, subscription);
    from.remove(place.topic, subscription);
    this.environment.left(from.id, subscription);
    this.rotations.release(subscription);
  }

  /**
   * Where the exchange is reached has changed, and with `isOtherWorld` also what is true there. Open connections stay until
   * others have taken over from them on the new way; in another world nothing continues, so there they leave at once. What
   * is not open goes the new way from its next attempt on, which comes at once.
   */
  reroute(reason: string, endpointKeys: readonly string[], isOtherWorld: boolean): void {
    for (const connection of [...this.connections.values()]) {
      if (!endpointKeys.includes(connection.endpointKey)) continue;
      if (isOtherWorld || !this.rotations.reroute(connection, reason)) connection.reroute(reason);
    }
  }

  /**
   * An account has other credentials: what is open goes over to fresh connections that log in with them, everything else
   * begins anew. Without any, its connections leave.
   */
  credentialsChanged(account: Account, reason: string): void {
    for (const connection of [...this.connections.values()]) {
      if (this.homes.get(connection)?.account !== account) continue;
      if (!account.hasSource) connection.deny(`${reason}: ${account.missing}`, { kind: 'login' });
      else if (!connection.isOpen || !this.rotations.begin(connection, reason)) connection.reroute(reason);
    }
  }

  /** Gives up the present socket of a connection for a fresh one. Returns whether there is such a connection. */
  recycle(connection: string, reason: string): boolean {
    const found = this.connections.get(connection);
    found?.recycle(reason);
    return found !== undefined;
  }

  /** Closes every connection, each within the deadline. New ones may follow. */
  async close(): Promise<void> {
    for (const connection of [...this.connections.values()]) this.retire(connection);
    await this.closed();
  }

  /** Resolves when nothing is left of the connections that close now. */
  async closed(): Promise<void> {
    await Promise.all(this.closing.values());
  }

  /** A subscription is on no connection any more. */
  forget(subscription: Subscription): void {
    const { place } = subscription;
    if (place) this.at(place).forget(subscription, place);
  }

  private lifeHooks(): ConnectionLifeHooks {
    return {
      emptied: (connection) => {
        connection.whenAnswered(() => {
          // Meanwhile somebody may have come to need it.
          const isNeeded = connection.size > 0 || this.homeOf(connection).keepsEmpty(connection);
          if (!isNeeded || connection.isDenied) this.retire(connection);
        });
      },
      expiring: (connection, reason) => this.rotations.begin(connection, reason),
      losing: (connection, reason) => {
        this.environment.silenced(connection.id);
        this.rotations.lost(connection, reason);
      },
      pausing: (connection, reason) => {
        this.environment.silenced(connection.id);
        this.rotations.paused(connection, reason);
      },
      beginsAnew: ({ id }) => this.environment.silenced(id),
    };
  }

  private carrierOf({ connection }: Subscription): StreamingConnection | undefined {
    return connection === undefined ? undefined : this.connections.get(connection);
  }

  private at({ endpoint, account }: WirePlace): EndpointConnections {
    return this.endpoint(endpoint, account);
  }

  private homeOf(connection: StreamingConnection): EndpointConnections {
    return this.homes.get(connection) ?? this.endpoint(connection.endpointKey);
  }

  /** @param accountName that of the default account without it; of no meaning where nothing logs in */
  private endpoint(key: string, accountName?: string): EndpointConnections {
    const { adapter, platform } = this.environment;
    const endpoint = Object.hasOwn(adapter.endpoints, key) ? adapter.endpoints[key] : undefined;
    if (!endpoint) throw new InvalidOptionsError(`${adapter.exchange} declares no endpoint "${key}".`);
    const account = logsIn(adapter, key) ? this.accounts.of(accountName) : undefined;
    const name = account ? `${key} ${account.name}` : key;
    let connections = this.endpoints.get(name);
    if (!connections) {
      const nextId = createMessageIds(adapter.messageIds, {
        now: () => platform.clock.now(),
        random: () => platform.random.next(),
      });
      connections = new EndpointConnections(key, endpoint, platform.clock, nextId, account);
      this.endpoints.set(name, connections);
    }
    return connections;
  }

  /** Whether the exchange allows no further connection to an endpoint, of whatever account. */
  private isFull({ key, mostConnections }: EndpointConnections): boolean {
    if (mostConnections === undefined || this.connections.size < mostConnections) return false;
    let count = 0;
    for (const { endpointKey } of this.connections.values()) if (endpointKey === key) count++;
    return count >= mostConnections;
  }

  private create(endpoint: EndpointConnections): StreamingConnection {
    const connection = this.factory.create(endpoint);
    this.connections.set(connection.id, connection);
    this.homes.set(connection, endpoint);
    endpoint.add(connection);
    return connection;
  }

  /** Why no connection there would be let in, as far as is known before one is tried. */
  private obstacleOf({ key, account }: EndpointConnections): string | undefined {
    if (!account) return undefined;
    return account.hasSource ? account.obstacle(key) : this.missingAt(account, key);
  }

  private missingAt(account: Account, endpointKey: string): string {
    return `the endpoint "${endpointKey}" wants a login: ${account.missing}`;
  }

  private retire(connection: StreamingConnection): void {
    if (!this.connections.delete(connection.id)) return;
    this.environment.silenced(connection.id);
    // A rotation that ends gives its topics back, also to a connection that closes: only then are they nobody's.
    this.rotations.forget(connection);
    this.homes.get(connection)?.delete(connection);
    this.homes.delete(connection);
    const closed = connection.close(this.tuning.closeDeadlineMs);
    this.closing.set(connection, closed);
    void closed.then(() => this.closing.delete(connection));
  }
}
