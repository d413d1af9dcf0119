import type { ControlFrame, Session, SocketEndpoint } from '../../contract/index.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import { StreamingConnection, type StreamingEnvironment } from '../connection/streaming-connection.ts';
import { Consumers } from '../dispatch/consumers.ts';
import { ConnectionClosedError } from '../errors.ts';
import type { LifecycleEvent } from '../lifecycle/lifecycle-event.ts';
import type { EngineTuning } from '../options.ts';
import type { ConnectionDefinition, DefinedConnectionHandle, SendOptions } from './connection-definition.ts';
import { DefinedTopic } from './defined-topic.ts';

/** Its heartbeat watches such a connection: what traffic is due on it only its user knows. */
const NO_TRAFFIC_DEADLINE_MS = 2 ** 31 - 1;

/** What a user-defined connection needs from around it. */
export interface DefinedConnectionEnvironment extends Omit<
  StreamingEnvironment,
  'adapter' | 'emptied' | 'released' | 'full' | 'expiring' | 'losing' | 'marketStatus'
> {
  readonly exchange: string;
  readonly tuning: Required<EngineTuning>;
  /** Connection attempts of the exchange: they count wherever they go. */
  readonly connects: SocketEndpoint['limits']['connects'];
}

/** A user-defined connection: a session made of its definition, on a socket that lives like every other. */
export class DefinedConnection implements DefinedConnectionHandle {
  private readonly topics = new Map<string, DefinedTopic>();
  private readonly refusals = new Set<(error: Error) => void>();
  private readonly frames: Consumers<string>;
  private connection: StreamingConnection | undefined;
  /** Whether it is to be open, as soon as its exchange is enabled. */
  private wanted = false;
  private isSuspended = false;
  private opened = 0;
  private lastId = 0;

  constructor(
    private readonly definition: ConnectionDefinition,
    private readonly environment: DefinedConnectionEnvironment,
  ) {
    const { exchange, report } = environment;
    this.frames = new Consumers((consumer, error) =>
      report({ type: 'consumer-failed', exchange, subscription: this.key, consumer, error }),
    );
    this.frames.add('handler', (frame) => definition.handler(frame, this));
  }

  get name(): string {
    return this.definition.name;
  }

  get filter(): string | symbol {
    return this.definition.filter ?? this.name;
  }

  view(): ConnectionView | undefined {
    return this.connection?.view();
  }

  nextId(): number | string {
    return this.definition.nextId?.() ?? ++this.lastId;
  }

  /** Opens it, unless it is. */
  open(): void {
    this.wanted = true;
    if (this.isSuspended || this.connection) return;
    const connection = (this.connection = this.create());
    connection.open();
    for (const topic of this.topics.values()) connection.add(topic.key, topic);
  }

  /** Its exchange has been disabled: it closes, and remembers what is wanted. */
  suspend(): Promise<void> {
    this.isSuspended = true;
    return this.disconnect();
  }

  /** Its exchange has been enabled again. */
  resume(): void {
    this.isSuspended = false;
    if (this.wanted) this.open();
  }

  send(frame: string, { weight = 1, lane = 'other', signal }: SendOptions = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const { connection } = this;
      if (signal?.aborted) return reject(asError(signal.reason));
      if (connection?.state !== 'open') return reject(new ConnectionClosedError(this.key));
      let giveUp = (): void => undefined;
      const settle = (): void => {
        this.refusals.delete(refuse);
        signal?.removeEventListener('abort', abort);
      };
      const refuse = (error: Error): void => {
        settle();
        giveUp();
        reject(error);
      };
      const abort = (): void => refuse(asError(signal?.reason));
      this.refusals.add(refuse);
      signal?.addEventListener('abort', abort);
      giveUp = connection.request(frame, lane, weight, () => {
        settle();
        resolve();
      });
    });
  }

  subscribe(topics: readonly string[]): void {
    if (topics.length > 0) this.open();
    for (const name of topics) {
      if (this.topics.has(name)) continue;
      const topic = new DefinedTopic(name);
      this.topics.set(name, topic);
      this.connection?.add(name, topic);
    }
  }

  unsubscribe(topics: readonly string[]): void {
    for (const name of topics) {
      const topic = this.topics.get(name);
      this.topics.delete(name);
      if (topic) this.connection?.remove(name, topic);
    }
  }

  onFrame(listener: (frame: string) => void): () => void {
    return this.frames.add(listener.name || 'listener', listener);
  }

  close(): Promise<void> {
    this.wanted = false;
    this.topics.clear();
    return this.disconnect();
  }

  private get key(): string {
    return `${this.environment.exchange}/${this.name}`;
  }

  private async disconnect(): Promise<void> {
    const { connection } = this;
    this.connection = undefined;
    this.refuseAll();
    await connection?.close(this.environment.tuning.closeDeadlineMs);
  }

  private create(): StreamingConnection {
    const { definition, environment } = this;
    const { exchange, tuning, report } = environment;
    const { maxFrameBytes = tuning.maxFrameBytes } = definition;
    return new StreamingConnection(
      {
        ...tuning,
        maxFrameBytes,
        trafficTimeoutMs: NO_TRAFFIC_DEADLINE_MS,
        id: `${this.key}/${++this.opened}`,
        exchange,
        endpointKey: this.name,
        endpoint: endpointOf(definition, environment.connects),
        route: () => ({ urls: [definition.url] }),
      },
      {
        ...environment,
        adapter: { createSession: () => this.createSession() },
        report: (event) => {
          this.follow(event);
          report(event);
        },
        emptied: () => {
          if (definition.needsSubscriptions ?? true) void this.close();
        },
        released: () => undefined,
        full: () => undefined,
        // Nobody knows what its topics carry, so that nothing can be handed over: it is dialled anew.
        expiring: () => false,
        losing: () => undefined,
        marketStatus: () => undefined,
      },
    );
  }

  private createSession(): Session {
    const { definition } = this;
    const nextId = (): number | string => this.nextId();
    const control = (frame: string): ControlFrame => ({ frame, replies: [] });
    return {
      subscribe: (topics) => definition.subscriber?.(topics, nextId).map(control) ?? [],
      unsubscribe: (topics) => definition.unsubscriber?.(topics, nextId).map(control) ?? [],
      onFrame: (frame) => this.frames.deliver(frame.toString('utf8')),
    };
  }

  private follow(event: LifecycleEvent): void {
    if (event.type !== 'connection') return;
    if (event.connection.state === 'open') this.generate();
    else if (event.previous === 'open') this.refuseAll();
  }

  private generate(): void {
    const { connection, definition } = this;
    if (!definition.defaultTopics) return;
    // Made in a promise, so that a generator which throws at once fails like one that rejects.
    new Promise<readonly string[]>((resolve) => resolve(definition.defaultTopics?.() ?? [])).then(
      (topics) => {
        // Late topics belong to a connection that is gone.
        if (connection === this.connection && connection) this.subscribe(topics);
      },
      (reason: unknown) =>
        this.environment.report({
          type: 'consumer-failed',
          exchange: this.environment.exchange,
          subscription: this.key,
          consumer: 'defaultTopics',
          error: asError(reason),
        }),
    );
  }

  private refuseAll(): void {
    for (const refuse of [...this.refusals]) refuse(new ConnectionClosedError(this.key));
  }
}

function endpointOf(
  { url, messages, topicsPerMessage, heartbeat }: ConnectionDefinition,
  connects: SocketEndpoint['limits']['connects'],
): SocketEndpoint {
  return {
    kind: 'public',
    baseUrls: { live: [url], testnet: [url] },
    path: '',
    limits: {
      topicsPerConnection: { documented: Infinity, safe: Infinity },
      topicsPerMessage: topicsPerMessage ?? { documented: 100, safe: 100 },
      messages: messages ?? { documented: 5, safe: 5, windowMs: 1_000 },
      connects,
    },
    heartbeat: heartbeat ?? { sender: 'client', intervalMs: 20_000, deadlineMs: 60_000 },
    ackDeadlineMs: 10_000,
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
