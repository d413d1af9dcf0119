import type { Clock, Random } from '@exchange-stream/market-data';
import type { HandshakeRefusal, SimulatedExchange } from '../simulated-exchange.ts';
import { MemoryConnection } from './memory-connection.ts';
import { MemoryHttp } from './memory-http.ts';
import type { NetworkConditions } from './network-conditions.ts';
import type { MemoryHttpTransport, MemorySocketFactory } from './transport-ports.ts';

export interface MemoryTransportOptions {
  /** Time a message takes each way, in milliseconds. Default 0: at the same instant, yet never within the call. */
  readonly latencyMs?: number;
  /** What comes on top of the latency, drawn anew for every message: up to so many milliseconds. Default none. */
  readonly jitter?: { readonly mostMs: number; readonly random: Random };
}

/**
 * A network without a network: sockets and requests that reach one simulated exchange through the clock. Any host in
 * an address leads to it. Faults are switched on here, and hit in virtual time.
 */
export class MemoryTransport implements NetworkConditions {
  readonly sockets: MemorySocketFactory;
  readonly http: MemoryHttpTransport;
  /** Time a message takes each way at least, in milliseconds. */
  readonly latencyMs: number;
  /** Refuse new connections and requests; open connections live on. */
  refusing = false;
  /** New connections and requests get no answer, as behind a firewall that drops them; open connections live on. */
  hanging = false;
  /** Off, no name has an address. */
  resolving = true;
  /** What a proxy in between answers to new connections and requests, such as a page with 200 or 403. */
  intercepted: HandshakeRefusal | undefined;
  /** Whether the pongs of clients arrive. Off, a client looks dead to the exchange while it still hears everything. */
  answersPings = true;
  private isFrozen = false;
  private readonly open = new Set<MemoryConnection>();

  constructor(
    exchange: SimulatedExchange,
    readonly clock: Clock,
    private readonly options: MemoryTransportOptions = {},
  ) {
    this.latencyMs = options.latencyMs ?? 0;
    this.http = new MemoryHttp(exchange, this);
    this.sockets = {
      open: (url, socketOptions, handlers) => {
        const connection = new MemoryConnection(
          exchange,
          this,
          new URL(url),
          socketOptions,
          handlers,
          (ended) => this.open.delete(ended),
        );
        this.open.add(connection);
        return connection;
      },
    };
  }

  delayMs(): number {
    const { jitter } = this.options;
    return jitter === undefined ? this.latencyMs : this.latencyMs + jitter.random.next() * jitter.mostMs;
  }

  get frozen(): boolean {
    return this.isFrozen;
  }

  /**
   * Half-open: from now on nothing arrives in either direction and nobody is told. Connections open now stay dead for
   * ever, as after a lost route; new ones wait for their handshake in vain.
   */
  freeze(): void {
    this.isFrozen = true;
    for (const connection of this.open) connection.freeze();
  }

  /** Lets new connections through again. */
  thaw(): void {
    this.isFrozen = false;
  }

  /** Breaks every open connection; clients see 1006. */
  drop(): void {
    for (const connection of [...this.open]) connection.drop();
  }
}

/** Connects clients to a simulated exchange in memory, in the time of the given clock. */
export function createMemoryTransport(
  exchange: SimulatedExchange,
  clock: Clock,
  options?: MemoryTransportOptions,
): MemoryTransport {
  return new MemoryTransport(exchange, clock, options);
}
