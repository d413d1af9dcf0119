import type { Clock, Random, SubscriptionRequest, Timer, VirtualClock } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type ExchangeStreamOptions,
  type HttpTransport,
  type LifecycleEvent,
  type SocketFactory,
  type SubscriptionHandle,
  type SubscriptionView,
} from '@exchange-stream/nestjs/engine';
import {
  createMemoryTransport,
  type MemoryTransport,
  type SimulatedExchange,
} from '@exchange-stream/simulator';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { lossy } from './lossy-sockets.ts';
import { Replica } from './replica.ts';
import { tapped, type WireCall } from './tapped.ts';

const AUDIT_MS = 2_500;

/** The network as the engine sees it. */
export interface Network {
  readonly sockets: SocketFactory;
  readonly http: HttpTransport;
}

export interface ExchangeWorldParts<E extends SimulatedExchange> {
  readonly clock: VirtualClock;
  /** What the engine takes for the time. Default `clock`. */
  readonly ownClock?: Clock;
  /** Not yet started. */
  readonly exchange: E;
  /** What the engine is made of. */
  readonly options: ExchangeStreamOptions;
  /** The one book that a careful consumer follows from the beginning. */
  readonly book: SubscriptionRequest<'book'>;
  /** Draws of the engine's own. */
  readonly seed: number;
  /** How much longer than 5 ms a message may take, in milliseconds. */
  readonly jitterMs?: number;
  /** What stands between the engine and the network to the exchange. */
  readonly around?: (network: Network) => Network;
}

/** A simulated exchange and the engine, in one virtual time, with a network between them that tests may spoil. */
export class ExchangeWorld<E extends SimulatedExchange> {
  readonly clock: VirtualClock;
  readonly exchange: E;
  readonly network: MemoryTransport;
  readonly stream: ExchangeStream;
  /** The hold on the one book. */
  readonly book: SubscriptionHandle<'book'>;
  readonly replica = new Replica();
  readonly illegal: LifecycleEvent[] = [];
  /** What the audit found, that looks at everything every few seconds. */
  readonly inconsistencies: LifecycleEvent[] = [];
  loses: (frame: Buffer) => boolean = () => false;
  /** Hears of everything that the engine says to the exchange. */
  tap: (call: WireCall) => void = () => undefined;
  /** Time between two audits, in milliseconds. */
  protected auditEveryMs = AUDIT_MS;
  private nextAudit: Timer | undefined;

  constructor({
    clock,
    ownClock = clock,
    exchange,
    options,
    book,
    seed,
    jitterMs = 0,
    around = (network) => network,
  }: ExchangeWorldParts<E>) {
    this.clock = clock;
    this.exchange = exchange;
    this.exchange.start();
    const draws = xoroshiro128plus(seed);
    const jitter = { mostMs: jitterMs, random: drawing(xoroshiro128plus(seed + 1)) };
    this.network = createMemoryTransport(exchange, clock, {
      latencyMs: 5,
      ...(jitterMs > 0 && { jitter }),
    });
    this.stream = new ExchangeStream(options, {
      clock: ownClock,
      random: drawing(draws),
      ...around(
        tapped(
          {
            http: this.network.http,
            sockets: lossy(this.network.sockets, (frame) => this.loses(frame)),
          },
          (call) => this.tap(call),
        ),
      ),
    });
    this.stream.onLifecycle((event) => {
      if (event.type === 'illegal-transition') this.illegal.push(event);
      if (event.type === 'inconsistency') this.inconsistencies.push(event);
    });
    this.book = this.stream.subscribe(book);
    this.book.on((event) => this.replica.receive(event));
    this.stream.start();
    this.auditFromNowOn();
  }

  view(topic: string): SubscriptionView {
    const found = this.stream.subscriptions().find((subscription) => subscription.topic === topic);
    if (!found) throw new Error(`Nobody subscribed ${topic}.`);
    return found;
  }

  states(): string[] {
    return this.stream.subscriptions().map(({ data }) => data);
  }

  /** Subscriptions that are to be live, and are not. */
  awaited(): SubscriptionView[] {
    return this.stream.subscriptions().filter(({ data, state }) => data !== 'live' || state !== 'subscribed');
  }

  /** Lets time pass until everything is live again, at most so long. */
  async recover(withinMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < withinMs && this.awaited().length > 0; passedMs += 5_000)
      await this.clock.advance(5_000);
    // Once more for what is live and about to be found out.
    await this.clock.advance(15_000);
  }

  /** What holds at every moment, whatever happens. */
  expectPromises(tolerated: readonly string[] = []): void {
    expect(this.replica.broken).toEqual([]);
    expect(this.illegal).toEqual([]);
    expect(this.inconsistencies).toEqual([]);
    expect(this.exchange.violations.filter(({ rule }) => !tolerated.includes(rule))).toEqual([]);
  }

  async close(): Promise<void> {
    await this.closeStream();
    this.exchange.stop();
    expect(this.clock.pending).toBe(0);
  }

  /** Closes the stream; whatever a test did, the audit had nothing to find. */
  protected async closeStream(): Promise<void> {
    this.nextAudit?.cancel();
    const closing = this.stream.close();
    await this.clock.advance(10_000);
    await closing;
    expect(this.inconsistencies).toEqual([]);
  }

  private auditFromNowOn(): void {
    this.nextAudit = this.clock.after(this.auditEveryMs, () => {
      this.auditFromNowOn();
      this.stream.audit();
    });
  }
}

function drawing(draws: RandomGenerator): Random {
  return { next: () => (draws.next() >>> 0) / 2 ** 32 };
}
