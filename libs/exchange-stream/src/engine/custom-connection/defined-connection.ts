import type { AuditedConnection } from '../audit/audited.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import { Inquiry } from '../connection/inquiry.ts';
import type { ConsumerView } from '../dispatch/flow-consumers.ts';
import { Listeners } from '../dispatch/listeners.ts';
import { ConnectionClosedError } from '../errors.ts';
import type { BudgetUse } from '../limits/budget.ts';
import type { StreamingConnection } from '../connection/streaming-connection.ts';
import type { MessageId } from '../../contract/index.ts';
import type { Match, Reply } from '../requests/match.ts';
import { createMessageIds } from '../requests/message-ids.ts';
import { StandingMessages, type StandingMessage } from '../requests/standing-messages.ts';
import type { ExpectOptions, RequestOptions, SendOptions } from '../requests/user-requests.ts';
import { atOnce } from '../dispatch/at-once.ts';
import type { ConnectionDefinition, DefinedConnectionHandle } from './connection-definition.ts';
import { DefinedSocket, type DefinedConnectionEnvironment } from './defined-socket.ts';

/** A user-defined connection: what is wanted on it, and the sockets that it takes to carry that. */
export class DefinedConnection implements DefinedConnectionHandle {
  /** Topics that were subscribed. */
  private readonly subscribed = new Set<string>();
  /** Topics that were generated last. */
  private generated: ReadonlySet<string> = new Set();
  /** Which socket carries which topic. */
  private readonly carriers = new Map<string, DefinedSocket>();
  private readonly sockets = new Set<DefinedSocket>();
  private readonly closing = new Set<Promise<void>>();
  private readonly frames: Listeners<string>;
  private readonly generator: Inquiry<readonly string[]>;
  /** Default topics have yet to come for the socket that opens, or has opened. */
  private awaitsDefaults = false;
  /** Whether it is to be open, as soon as its exchange is enabled. */
  private wanted = false;
  private isSuspended = false;
  private opened = 0;
  private readonly standing = new StandingMessages();
  readonly nextId: () => MessageId;

  constructor(
    private readonly definition: ConnectionDefinition,
    private readonly environment: DefinedConnectionEnvironment,
  ) {
    this.generator = new Inquiry(environment.platform.clock);
    this.frames = this.createListeners();
    const { nextId } = definition;
    const { clock, random } = environment.platform;
    this.nextId =
      typeof nextId === 'function'
        ? () => atOnce(nextId())
        : createMessageIds(nextId, { now: () => clock.now(), random: () => random.next() });
    this.frames.add('handler', (frame) => definition.handler(frame, this));
  }

  get name(): string {
    return this.definition.name;
  }

  get filter(): string | symbol {
    return this.definition.filter ?? this.name;
  }

  /** Whether it opens with the start of the stream. */
  get opensAtStart(): boolean {
    return this.definition.openAtStart ?? false;
  }

  /** Sockets that it takes, in whatever state. */
  get size(): number {
    return this.sockets.size;
  }

  view(): ConnectionView | undefined {
    return this.first?.view();
  }

  views(): ConnectionView[] {
    return [...this.sockets].map((socket) => socket.view());
  }

  /** How those who hear its frames keep up. */
  consumers(): ConsumerView[] {
    return this.frames.views().map((view) => ({ subscription: this.key, policy: 'all', ...view }));
  }

  /** How each of its sockets uses its budget of messages. */
  messageBudgets(): BudgetUse[] {
    return [...this.sockets].map(({ connection }) => connection.messageBudget);
  }

  /** Whether it is to be open, and there is nothing that would open. */
  get isSocketless(): boolean {
    return this.wanted && !this.isSuspended && this.sockets.size === 0;
  }

  audited(): AuditedConnection[] {
    return [...this.sockets].map((socket) => socket.audited());
  }

  /** Takes what is stuck on; opens it, asked by its own key. Returns what was done, in words. */
  unstick(inconsistency: Inconsistency): string | undefined {
    const { connection } = inconsistency;
    const socket = [...this.sockets].find(({ id }) => id === connection);
    if (socket || connection !== this.key) return socket?.unstick(inconsistency);
    this.open();
    return 'opened';
  }

  /** Opens it, unless it is. */
  open(): void {
    this.wanted = true;
    if (this.isSuspended) return;
    this.carry([...this.subscribed, ...this.generated]);
    if (this.sockets.size === 0) this.create();
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

  /** Gives up the present socket of one of its connections. Returns whether there is one of this id. */
  recycle(id: string, reason: string): boolean {
    const found = [...this.sockets].find((socket) => socket.id === id);
    found?.recycle(reason);
    return found !== undefined;
  }

  reroute(reason: string): void {
    for (const socket of [...this.sockets]) socket.reroute(reason);
  }

  send(frame: string, options: RequestOptions): Promise<readonly Reply[]>;
  send(frame: string, options?: SendOptions): Promise<void>;
  send(frame: string, options: RequestOptions | SendOptions = {}): Promise<unknown> {
    return this.carrier?.requests.say(frame, options) ?? this.refused();
  }

  expect(match: Match | readonly Match[], options: ExpectOptions = {}): Promise<readonly Reply[]> {
    return this.carrier?.requests.expect(match, options) ?? this.refused();
  }

  configure(name: string, message: StandingMessage): Promise<void> {
    return this.standing.set(name, message, (said) =>
      [...this.sockets].filter(({ isOpen }) => isOpen).map((socket) => socket.connection.configure(said)),
    );
  }

  forget(name: string): void {
    this.standing.delete(name);
  }

  /** The connection of this id, or else an open one, if it is called `exchange/name`. */
  socket(connection: string): StreamingConnection | undefined {
    const found = [...this.sockets].find(({ id }) => id === connection);
    return (found ?? (connection === this.key ? this.carrier : undefined))?.connection;
  }

  subscribe(topics: readonly string[]): void {
    if (topics.length === 0) return;
    for (const topic of topics) this.subscribed.add(topic);
    this.open();
  }

  unsubscribe(topics: readonly string[]): void {
    for (const topic of topics) if (this.subscribed.delete(topic)) this.drop(topic);
  }

  onFrame(listener: (frame: string) => unknown): () => void {
    return this.frames.add(listener.name || 'listener', listener);
  }

  close(): Promise<void> {
    this.wanted = false;
    this.subscribed.clear();
    this.generated = new Set();
    return this.disconnect();
  }

  /** Looks at no deadline any more: the stream has closed. */
  unwatch(): void {
    this.frames.unwatch();
  }

  private get carrier(): DefinedSocket | undefined {
    return [...this.sockets].find(({ isOpen }) => isOpen);
  }

  private refused(): Promise<never> {
    return Promise.reject(new ConnectionClosedError(this.key));
  }

  /** Exchange and name. */
  get key(): string {
    return `${this.environment.exchange}/${this.name}`;
  }

  /** The oldest socket: it is there as long as any. */
  private get first(): DefinedSocket | undefined {
    const [first] = this.sockets;
    return first;
  }

  private async disconnect(): Promise<void> {
    this.generator.giveUp();
    this.awaitsDefaults = false;
    for (const socket of [...this.sockets]) this.retire(socket);
    await Promise.all(this.closing);
  }

  /** Has topics carried that are not yet: free room is filled first. */
  private carry(topics: readonly string[]): void {
    const cap = this.definition.topicsPerConnection?.safe ?? Infinity;
    const roomy = [...this.sockets].filter(({ size }) => size < cap);
    for (const topic of topics) {
      if (this.carriers.has(topic)) continue;
      while (roomy[0] && roomy[0].size >= cap) roomy.shift();
      if (!roomy[0]) roomy.push(this.create());
      const [socket] = roomy;
      if (!socket) return;
      this.carriers.set(topic, socket);
      socket.add(topic);
    }
  }

  /** Has a topic carried no more, unless it is wanted for another reason. */
  private drop(topic: string): void {
    if (this.subscribed.has(topic) || this.generated.has(topic)) return;
    const socket = this.carriers.get(topic);
    this.carriers.delete(topic);
    socket?.remove(topic);
  }

  private create(): DefinedSocket {
    const socket = new DefinedSocket(`${this.key}/${++this.opened}`, this.definition, this.environment, {
      nextId: this.nextId,
      standing: this.standing,
      frame: (text) => this.frames.deliver(text),
      failed: (consumer, error) => this.failed(consumer, error),
      opened: () => {
        if (socket === this.first) this.generate();
      },
      lost: () => {
        if (socket === this.first) this.awaitsDefaults = this.definition.defaultTopics !== undefined;
      },
      emptied: () => this.emptied(socket),
    });
    this.sockets.add(socket);
    socket.open();
    return socket;
  }

  private emptied(socket: DefinedSocket): void {
    if (!this.sockets.has(socket)) return;
    const { needsSubscriptions = true } = this.definition;
    const isLast = this.sockets.size === 1;
    if (!socket.isDenied && isLast && (!needsSubscriptions || this.awaitsDefaults)) return;
    this.retire(socket);
    // What nobody lets in, or nothing is wanted of, is not opened again by itself.
    if (isLast) this.wanted = false;
  }

  private retire(socket: DefinedSocket): void {
    if (!this.sockets.delete(socket)) return;
    for (const [topic, carrier] of this.carriers) if (carrier === socket) this.carriers.delete(topic);
    const closed = socket.close();
    this.closing.add(closed);
    void closed.then(() => this.closing.delete(closed));
  }

  private generate(): void {
    const { definition, environment } = this;
    if (!definition.defaultTopics) return;
    this.awaitsDefaults = true;
    this.generator.ask(
      // Copied where its failure is told: what is no list of topics is the generator's mistake.
      async () => [...((await definition.defaultTopics?.()) ?? [])],
      environment.tuning.handshakeTimeoutMs,
      (topics) => {
        this.awaitsDefaults = false;
        this.replaceDefaults(new Set(topics));
      },
      (error) => {
        this.awaitsDefaults = false;
        this.failed('defaultTopics', error);
      },
    );
  }

  private replaceDefaults(topics: ReadonlySet<string>): void {
    const before = this.generated;
    this.generated = topics;
    // First what comes: what goes must not leave the connection empty meanwhile.
    this.carry([...topics]);
    for (const topic of before) this.drop(topic);
  }

  private createListeners(): Listeners<string> {
    const { exchange, platform, tuning, statistics, report } = this.environment;
    const of = { exchange, subscription: this.key } as const;
    return new Listeners<string>({
      clock: platform.clock,
      deadlineMs: tuning.consumerDeadlineMs,
      losses: statistics.consumers,
      failed: (consumer, error) => this.failed(consumer, error),
      overdue: (consumer, tookMs, waiting) =>
        report({ type: 'consumer-overdue', ...of, consumer, tookMs, waiting }),
      overflowed: (consumer, lost) => report({ type: 'consumer-overflowed', ...of, consumer, lost }),
    });
  }

  private failed(consumer: string, error: Error): void {
    const { exchange, report } = this.environment;
    report({ type: 'consumer-failed', exchange, subscription: this.key, consumer, error });
  }
}
