import { connect, createServer, type Server, type Socket } from 'node:net';
import { SystemClock, type Clock, type Random } from '@exchange-stream/market-data';
import { SimulatorPortError } from '../../platform/exchange-server.ts';
import { seededRandom } from '../../platform/seeded-random.ts';
import type { Direction, Toxic } from './toxic.ts';
import { ToxicWire } from './toxic-wire.ts';

export interface FaultyNetworkOptions {
  /** Where the bytes go: a running simulator, or any TCP server. */
  readonly to: { readonly host: string; readonly port: number };
  /** Repeats every jitter. Default 1. */
  readonly seed?: number;
  /** Where delays come from. Default: the machine's clock. */
  readonly clock?: Clock;
  /** TCP port; 0, the default, takes any free one. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
}

/** Thrown when a toxic is described by numbers that no network can have. */
export class InvalidToxicError extends Error {
  readonly code = 'INVALID_TOXIC';

  constructor(toxic: Toxic, field: string, requirement: string) {
    super(
      `The toxic ${toxic.type} needs ${field} to be ${requirement}. Correct it in ${JSON.stringify(toxic)}.`,
    );
    this.name = 'InvalidToxicError';
  }
}

/**
 * A TCP proxy that disturbs what passes: by default nothing, then whatever toxics are on, on connections open now and
 * to come alike. Several toxics of one direction act one after another, in the order in which they were added.
 */
export class FaultyNetwork {
  private readonly server: Server;
  private readonly wires = new Set<ToxicWire>();
  private readonly added = new Map<Toxic, number>();
  private readonly clock: Clock;
  private readonly seed: number;
  private opened = 0;
  private additions = 0;
  private stopping: Promise<void> | undefined;
  private listeningPort = 0;
  readonly host: string;

  constructor(private readonly options: FaultyNetworkOptions) {
    const { clock = new SystemClock(), seed = 1, host = '127.0.0.1' } = options;
    this.clock = clock;
    this.seed = seed;
    this.host = host;
    // Half-open, so that each direction ends for itself and a slow close can be told from a fast one.
    this.server = createServer({ allowHalfOpen: true }, (client) => this.onClient(client));
  }

  get port(): number {
    return this.listeningPort;
  }

  /** Such as `ws://127.0.0.1:41873`. */
  get webSocketUrl(): string {
    return `ws://${this.authority}`;
  }

  /** Such as `http://127.0.0.1:41873`. */
  get restUrl(): string {
    return `http://${this.authority}`;
  }

  /** What is on, in order. */
  get toxics(): readonly Toxic[] {
    return [...this.added.keys()];
  }

  /** How many clients are connected. */
  get connections(): number {
    return this.wires.size;
  }

  /**
   * Turns a toxic on.
   *
   * @returns what to hand to `remove`
   * @throws InvalidToxicError
   */
  add<T extends Toxic>(toxic: T): Readonly<T> {
    validate(toxic);
    const own: T = { ...toxic };
    this.added.set(own, ++this.additions);
    for (const wire of this.wires) wire.add(own);
    return own;
  }

  /** Turns a toxic off: what waits in it goes on at once. One that is not on is ignored. */
  remove(toxic: Toxic): void {
    if (!this.added.delete(toxic)) return;
    for (const wire of this.wires) wire.remove(toxic);
  }

  /** Turns off all toxics, or all of one direction. */
  clear(direction?: Direction): void {
    for (const toxic of this.toxics) {
      if (direction === undefined || toxic.direction === direction) this.remove(toxic);
    }
  }

  /** @throws SimulatorPortError */
  listen(): Promise<void> {
    const { port = 0 } = this.options;
    return new Promise((resolve, reject) => {
      const onError = (error: Error): void => reject(new SimulatorPortError(this.host, port, error));
      this.server.once('error', onError);
      this.server.listen(port, this.host, () => {
        this.server.off('error', onError);
        const address = this.server.address();
        this.listeningPort = typeof address === 'object' && address !== null ? address.port : port;
        resolve();
      });
    });
  }

  /** Cuts every connection and frees the port. May be called again. */
  stop(): Promise<void> {
    this.stopping ??= this.close();
    return this.stopping;
  }

  private async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    const sockets = [...this.wires].flatMap(({ ends }) => ends);
    const ended = sockets.map((socket) => closeOf(socket));
    for (const wire of this.wires) wire.destroy();
    await Promise.all([closed, ...ended]);
  }

  private onClient(client: Socket): void {
    const { host, port } = this.options.to;
    const exchange = connect({ host, port, allowHalfOpen: true });
    for (const socket of [client, exchange]) socket.setNoDelay(true);
    const connection = ++this.opened;
    const wire = new ToxicWire(client, exchange, this.clock, (toxic) => this.randomFor(toxic, connection));
    this.wires.add(wire);
    void Promise.all(wire.ends.map((socket) => closeOf(socket))).then(() => this.wires.delete(wire));
    for (const toxic of this.added.keys()) wire.add(toxic);
  }

  /** A sequence for each toxic and connection: a client more changes no other's delays. */
  private randomFor(toxic: Toxic, connection: number): Random {
    return seededRandom(this.seed, `toxic ${this.added.get(toxic) ?? 0} connection ${connection}`);
  }

  private get authority(): string {
    return `${this.host.includes(':') ? `[${this.host}]` : this.host}:${this.listeningPort}`;
  }
}

/** Starts a TCP proxy in front of a running simulator. @throws SimulatorPortError */
export async function startFaultyNetwork(options: FaultyNetworkOptions): Promise<FaultyNetwork> {
  const network = new FaultyNetwork(options);
  await network.listen();
  return network;
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

/** Rates and sizes of zero would stand still for ever; `timeout` is the toxic for that. */
const POSITIVE = new Set(['bytesPerSecond', 'bytes']);

function validate(toxic: Toxic): void {
  for (const [field, value] of Object.entries(toxic)) {
    if (typeof value !== 'number') continue;
    const positive = POSITIVE.has(field);
    if (!Number.isFinite(value) || value < 0 || (positive && value < 1)) {
      throw new InvalidToxicError(toxic, field, positive ? '1 or more' : '0 or more');
    }
  }
}
