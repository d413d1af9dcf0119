import type { AuditedExchange } from '../audit/audited.ts';
import type { Inconsistency } from '../audit/inconsistency.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import type { StreamingConnection } from '../connection/streaming-connection.ts';
import type { ConsumerView } from '../dispatch/flow-consumers.ts';
import { InvalidOptionsError } from '../errors.ts';
import type { BudgetUse } from '../limits/budget.ts';
import type { ConnectionDefinition, DefinedConnectionHandle } from './connection-definition.ts';
import { DefinedConnection } from './defined-connection.ts';
import type { DefinedConnectionEnvironment } from './defined-socket.ts';

/** The user-defined connections of one exchange. */
export class DefinedConnections {
  private readonly byName = new Map<string, DefinedConnection>();
  private isSuspended = false;
  private started = false;

  constructor(private readonly environment: DefinedConnectionEnvironment) {}

  /** @throws InvalidOptionsError when the name is taken */
  define(definition: ConnectionDefinition): DefinedConnectionHandle {
    const { name } = definition;
    if (this.byName.has(name)) {
      const { exchange } = this.environment;
      throw new InvalidOptionsError(
        `${exchange} already has a connection "${name}"; give this one another name.`,
      );
    }
    const connection = new DefinedConnection(definition, this.environment);
    if (this.isSuspended) void connection.suspend();
    this.byName.set(name, connection);
    if (this.started && connection.opensAtStart) connection.open();
    return connection;
  }

  /** @throws InvalidOptionsError when there is none of that name */
  open(name: string): DefinedConnectionHandle {
    const connection = this.byName.get(name);
    if (!connection) {
      const known = [...this.byName.keys()].join(', ') || 'none';
      throw new InvalidOptionsError(
        `${this.environment.exchange} has no user-defined connection "${name}". Defined: ${known}.`,
      );
    }
    connection.open();
    return connection;
  }

  find(predicate: (connection: DefinedConnectionHandle) => boolean): DefinedConnectionHandle | undefined {
    return [...this.byName.values()].find(predicate);
  }

  /** The socket of this id, or else an open one of `exchange/name`. */
  socket(connection: string): StreamingConnection | undefined {
    for (const one of this.byName.values()) {
      const found = one.socket(connection);
      if (found) return found;
    }
    return undefined;
  }

  /** Sockets of all of them, in whatever state. */
  get size(): number {
    let size = 0;
    for (const connection of this.byName.values()) size += connection.size;
    return size;
  }

  views(): ConnectionView[] {
    return [...this.byName.values()].flatMap((connection) => connection.views());
  }

  /** How those who hear their frames keep up. */
  consumers(): ConsumerView[] {
    return [...this.byName.values()].flatMap((connection) => connection.consumers());
  }

  /** How each of their sockets uses its budget of messages. */
  messageBudgets(): BudgetUse[] {
    return [...this.byName.values()].flatMap((connection) => connection.messageBudgets());
  }

  audited(): Pick<AuditedExchange, 'defined' | 'socketless'> {
    const all = [...this.byName.values()];
    return {
      defined: all.flatMap((connection) => connection.audited()),
      socketless: all.filter(({ isSocketless }) => isSocketless).map(({ key }) => key),
    };
  }

  /** Takes what is stuck on. Returns what was done, in words; undefined when there is no such connection. */
  unstick(inconsistency: Inconsistency): string | undefined {
    for (const connection of this.byName.values()) {
      const done = connection.unstick(inconsistency);
      if (done !== undefined) return done;
    }
    return undefined;
  }

  start(): void {
    this.started = true;
    for (const connection of this.byName.values()) if (connection.opensAtStart) connection.open();
  }

  recycle(id: string, reason: string): boolean {
    return [...this.byName.values()].some((connection) => connection.recycle(id, reason));
  }

  reroute(reason: string): void {
    for (const connection of this.byName.values()) connection.reroute(reason);
  }

  async suspend(): Promise<void> {
    this.isSuspended = true;
    await Promise.all([...this.byName.values()].map((connection) => connection.suspend()));
  }

  resume(): void {
    this.isSuspended = false;
    for (const connection of this.byName.values()) connection.resume();
  }

  async close(): Promise<void> {
    const all = [...this.byName.values()];
    // Handles outlive the stream: what is subscribed on them afterwards must not dial.
    await Promise.all(all.flatMap((connection) => [connection.close(), connection.suspend()]));
    for (const connection of all) connection.unwatch();
  }
}
