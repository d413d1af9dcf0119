import type { Clock } from '@exchange-stream/market-data';
import type { MessageId, SocketEndpoint } from '../../contract/index.ts';
import type { Account } from '../credentials/account.ts';
import { DEFAULT_ACCOUNT } from '../credentials/credentials-source.ts';
import type { TokenKeeper } from '../credentials/token-keeper.ts';
import { StandingMessages } from '../requests/standing-messages.ts';
import type { Subscription } from '../subscription/subscription.ts';
import type { WirePlace } from '../subscription/wire-place.ts';
import { LearntCap } from './learnt-cap.ts';
import type { StreamingConnection } from './streaming-connection.ts';

/** The connections to one endpoint as they stand. */
export interface EndpointView {
  /** Key of the endpoint in the adapter's declaration. */
  readonly endpoint: string;
  readonly kind: SocketEndpoint['kind'];
  /** Whose they are, where they log in: connections of each account have a view of their own. */
  readonly account?: string;
  readonly connections: number;
  /** Topics on all of them. */
  readonly topics: number;
  /** Topics that one connection may carry: the declared safe number, or the lower one that was learnt. */
  readonly topicsPerConnection: number;
  /** That number, where the exchange refused more than it; forgotten after a day. */
  readonly learntTopicsPerConnection?: number;
  /** Topics that still fit on the connections there are. */
  readonly availableCapacity: number;
}

/** The connections to one endpoint, those of one account where they log in, and which of them has what. */
export class EndpointConnections {
  /** What is said on every fresh one before its topics are asked for. */
  readonly standing = new StandingMessages();
  /** The token that all of them share, where they do. */
  token: TokenKeeper | undefined;
  /** Holds that keep one of them open without any topic. */
  holds = 0;
  private readonly connections = new Set<StreamingConnection>();
  private readonly carriers = new Map<string, StreamingConnection>();
  /** The subscriptions of which a connection may carry only one, by what they have in common. */
  private readonly rivals = new Map<string, Set<Subscription>>();
  private readonly learnt: LearntCap;
  private opened = 0;

  constructor(
    readonly key: string,
    readonly endpoint: SocketEndpoint,
    clock: Clock,
    /** Ids for messages on all of them, so that one that is made for one connection does on another. */
    readonly nextId: () => MessageId,
    /** Whose they are, where they log in. */
    readonly account?: Account,
  ) {
    this.learnt = new LearntCap(clock);
  }

  /** What ids of its connections begin with, behind the exchange: `private`, `private@second`. */
  get name(): string {
    const { key, account } = this;
    return account && account.name !== DEFAULT_ACCOUNT ? `${key}@${account.name}` : key;
  }

  get size(): number {
    return this.connections.size;
  }

  all(): StreamingConnection[] {
    return [...this.connections];
  }

  /** The connection for messages of users: an open one, and of these one that is not about to go. */
  get forMessages(): StreamingConnection | undefined {
    let leaving: StreamingConnection | undefined;
    for (const connection of this.connections) {
      if (!connection.isOpen) continue;
      if (!connection.isLeaving) return connection;
      leaving ??= connection;
    }
    return leaving;
  }

  /** Whether a connection without topics stays: somebody holds the endpoint, and it is the only one there. */
  keepsEmpty(connection: StreamingConnection): boolean {
    return this.holds > 0 && this.size === 1 && this.connections.has(connection);
  }

  /** Connections that one address may have at the same time; undefined where the exchange does not say. */
  get mostConnections(): number | undefined {
    return this.endpoint.limits.connectionsPerAddress?.safe;
  }

  get availableCapacity(): number {
    let available = 0;
    for (const connection of this.connections) available += this.roomOn(connection);
    return available;
  }

  /** Number for the next connection, beginning with 1. */
  nextNumber(): number {
    return ++this.opened;
  }

  view(): EndpointView {
    const { learnt } = this.learnt;
    let topics = 0;
    for (const { size } of this.connections) topics += size;
    return {
      endpoint: this.key,
      kind: this.endpoint.kind,
      ...(this.account && { account: this.account.name }),
      connections: this.size,
      topics,
      topicsPerConnection: this.topicsPerConnection,
      ...(learnt === undefined ? {} : { learntTopicsPerConnection: learnt }),
      availableCapacity: this.availableCapacity,
    };
  }

  add(connection: StreamingConnection): void {
    this.connections.add(connection);
  }

  delete(connection: StreamingConnection): void {
    this.connections.delete(connection);
    if (connection.size === 0) return;
    for (const [topic, carrier] of this.carriers) if (carrier === connection) this.carriers.delete(topic);
  }

  /** A connection carries a subscription's topic from now on. */
  carry(connection: StreamingConnection, subscription: Subscription, { topic, rivalry }: WirePlace): void {
    this.carriers.set(topic, connection);
    if (rivalry === undefined) return;
    const rivals = this.rivals.get(rivalry) ?? new Set();
    this.rivals.set(rivalry, rivals.add(subscription));
  }

  /** A subscription has ended or failed. */
  forget(subscription: Subscription, { rivalry }: WirePlace): void {
    const rivals = rivalry === undefined ? undefined : this.rivals.get(rivalry);
    if (rivalry === undefined || !rivals?.delete(subscription) || rivals.size > 0) return;
    this.rivals.delete(rivalry);
  }

  /** A connection has let go of a topic. */
  released(connection: StreamingConnection, topic: string): void {
    if (this.carriers.get(topic) === connection) this.carriers.delete(topic);
  }

  /** Forgets who carries a topic, unless that one is here and does. */
  distrust(topic: string): void {
    const carrier = this.carriers.get(topic);
    if (carrier && !(this.connections.has(carrier) && carrier.carries(topic))) this.carriers.delete(topic);
  }

  /** A connection that carried so many topics was too full for another one. */
  learn(carried: number): void {
    this.learnt.learn(Math.max(1, carried));
  }

  /**
   * Who is to carry a topic: the connection that has it, else the first one with room, and of these one that is not
   * itself in trouble; undefined when a new one is needed.
   * @param from a connection to get away from, to one that is not in trouble
   */
  find(
    subscription: Subscription,
    place: WirePlace,
    from?: StreamingConnection,
  ): StreamingConnection | undefined {
    const carrier = this.carriers.get(place.topic);
    if (carrier && carrier !== from && !carrier.isLeaving) return carrier;
    const taken = this.takenByRivals(subscription, place);
    let second: StreamingConnection | undefined;
    for (const connection of this.connections) {
      if (connection === from || connection.isLeaving) continue;
      if (!this.hasRoom(connection, place.topic) || taken?.has(connection.id)) continue;
      if (connection.state !== 'waiting') return connection;
      second ??= connection;
    }
    return from ? undefined : second;
  }

  private hasRoom(connection: StreamingConnection, topic: string): boolean {
    const characters = this.endpoint.limits.topicCharactersPerConnection?.safe ?? Infinity;
    return (
      connection.size < this.topicsPerConnection && connection.topicCharacters + topic.length <= characters
    );
  }

  /** Topics that still fit on a connection; by their characters, so many of the length of those that it has. */
  private roomOn({ size, topicCharacters }: StreamingConnection): number {
    const byCount = Math.max(0, this.topicsPerConnection - size);
    const characters = this.endpoint.limits.topicCharactersPerConnection?.safe;
    if (characters === undefined || size === 0) return byCount;
    return Math.min(
      byCount,
      Math.floor(Math.max(0, characters - topicCharacters) / (topicCharacters / size)),
    );
  }

  private get topicsPerConnection(): number {
    const { safe } = this.endpoint.limits.topicsPerConnection;
    return Math.min(safe, this.learnt.learnt ?? safe);
  }

  /** Connections that carry another variant of what they may carry only once. */
  private takenByRivals(
    subscription: Subscription,
    { topic, rivalry }: WirePlace,
  ): ReadonlySet<string> | undefined {
    const rivals = rivalry === undefined ? undefined : this.rivals.get(rivalry);
    if (!rivals) return undefined;
    const taken = new Set<string>();
    for (const rival of rivals) {
      const rivalTopic = rival.place?.topic;
      if (rival === subscription || rivalTopic === undefined || rivalTopic === topic) continue;
      if (rival.connection !== undefined) taken.add(rival.connection);
      // In a rotation, the one that it goes over to has its topic too.
      const carrier = this.carriers.get(rivalTopic);
      if (carrier) taken.add(carrier.id);
    }
    return taken;
  }
}
