import { VirtualClock, type Clock, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { Limit } from '@exchange-stream/nestjs/contract';
import type { ConnectionView, EngineTuning, SubscriptionView } from '@exchange-stream/nestjs/engine';
import { late } from '../world/late-sockets.ts';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { Witness } from '../world/witness.ts';
import { lab } from './adapter/lab.adapter.ts';
import { BookChronicle } from './book-chronicle.ts';
import { BookReferee } from './book-referee.ts';
import { BOOK, type SpokenDialects } from './lab-world.ts';
import { LabExchange } from './twin/index.ts';

export const TRADES = { ...BOOK, channel: 'trades' } as const;
export const RAW = { ...BOOK, channel: 'raw', symbol: 'trades:ETH-USDT' } as const;

/** Of each way of going over at least one, all on one connection. */
export const PUBLIC: readonly SubscriptionRequest[] = [
  { ...BOOK, params: { depth: 10 } },
  { ...BOOK, symbol: 'ETH/USDT' },
  TRADES,
  { ...TRADES, symbol: 'ETH/USDT' },
  { ...BOOK, channel: 'ticker' },
  { ...BOOK, channel: 'quotes' },
  RAW,
];

export const ACCOUNT: readonly SubscriptionRequest[] = [
  { ...BOOK, channel: 'raw', symbol: 'orders' },
  { ...BOOK, channel: 'raw', symbol: 'balances' },
];

export interface RotationWorldOptions {
  readonly seed?: number;
  readonly dialects?: SpokenDialects;
  /** Beside the book of BTC/USDT. */
  readonly subscriptions?: readonly SubscriptionRequest[];
  readonly tuning?: EngineTuning;
  /** Age at which lab closes connections, and the one at which ours are replaced. */
  readonly lifetimeMs?: Limit;
  /** Topics that one connection takes, undocumented. */
  readonly hiddenTopicsPerConnection?: number;
  /** Trades several times a second in every market. */
  readonly isBusy?: boolean;
}

/** A day of an exchange that beats ten times a second takes half a minute even in virtual time. */
const BEAT_ASLEEP_MS = 20_000;
const AUDIT_ASLEEP_MS = 60_000;

/** Time as an exchange needs it whose market stands still: nothing is due sooner than its next sign of life. */
class DrowsyClock implements Clock {
  isAsleep = false;

  constructor(private readonly clock: Clock) {}

  now(): number {
    return this.clock.now();
  }

  monotonic(): number {
    return this.clock.monotonic();
  }

  after(delayMs: number, call: () => void): ReturnType<Clock['after']> {
    return this.clock.after(this.isAsleep ? Math.max(delayMs, BEAT_ASLEEP_MS) : delayMs, call);
  }
}

/** Lab and the engine, a busy market, and somebody who watches what consumers see while connections are replaced. */
export class RotationWorld extends ExchangeWorld<LabExchange> {
  /** Milliseconds by which frames are late on the socket of this number, counted from 1. */
  delays: (socket: number) => number = () => 0;
  readonly referee: BookReferee;
  private readonly exchangeClock: DrowsyClock;
  private watching: Witness | undefined;

  constructor({
    seed = 1,
    dialects = {},
    subscriptions = PUBLIC,
    tuning = {},
    lifetimeMs,
    hiddenTopicsPerConnection,
    isBusy = false,
  }: RotationWorldOptions = {}) {
    const clock = new VirtualClock();
    const exchangeClock = new DrowsyClock(clock);
    super({
      clock,
      seed,
      exchange: new LabExchange({
        ...{ seed, symbols: ['BTC-USDT', 'ETH-USDT'], depthLevels: 12 },
        ...(isBusy ? { stepMs: 100, activity: 1 } : { stepMs: 200, activity: 0.5 }),
        clock: exchangeClock,
        ...dialects,
        ...(lifetimeMs && { limits: { lifetimeMs: lifetimeMs.documented } }),
        ...(hiddenTopicsPerConnection !== undefined && { hiddenTopicsPerConnection }),
      }),
      options: {
        exchanges: [lab({ ...dialects, ...(lifetimeMs && { limits: { lifetimeMs } }) })],
        subscriptions,
        tuning,
        settings: { lab: { credentials: { key: 'lab-key', secret: 'lab-secret' } } },
      },
      book: BOOK,
      around: ({ sockets, http }) => ({
        sockets: late(sockets, clock, (socket) => this.delays(socket)),
        http,
      }),
    });
    this.exchangeClock = exchangeClock;
    this.referee = new BookReferee(new BookChronicle(this.exchange));
    this.referee.follow(this.book);
    // Those that are built of changes; a top is not held here, as tests let go of it.
    for (const request of subscriptions)
      if (request.channel === 'book' && request.params?.depth === undefined)
        this.referee.follow(this.stream.subscribe(request));
  }

  override expectPromises(tolerated: readonly string[] = []): void {
    super.expectPromises(tolerated);
    expect(this.referee.wrong).toEqual([]);
    expect(this.referee.compared).toBeGreaterThan(0);
  }

  /** A world in which all is live, with somebody watching. */
  static async live(options?: RotationWorldOptions): Promise<RotationWorld> {
    const world = new RotationWorld(options);
    await world.clock.advance(options?.hiddenTopicsPerConnection === undefined ? 15_000 : 30_000);
    expect(new Set(world.states())).toEqual(new Set(['live']));
    world.watching = new Witness(world.stream, 'lab');
    return world;
  }

  get witness(): Witness {
    if (!this.watching) throw new Error('Nobody watches yet: the world is made by `live`.');
    return this.watching;
  }

  /** So long the market stands still, and lab does nothing ten times a second. */
  async sleep(durationMs: number): Promise<void> {
    this.exchange.market.pause();
    this.exchangeClock.isAsleep = true;
    const { auditEveryMs } = this;
    this.auditEveryMs = AUDIT_ASLEEP_MS;
    await this.clock.advance(durationMs);
    this.exchangeClock.isAsleep = false;
    this.auditEveryMs = auditEveryMs;
    await this.clock.advance(BEAT_ASLEEP_MS);
    this.exchange.market.resume();
  }

  get manager(): ReturnType<typeof this.stream.manager> {
    return this.stream.manager('lab');
  }

  /** Ids of the connections to public data, oldest first. */
  publicConnections(): string[] {
    return this.ofEndpoint('public').map(({ id }) => id);
  }

  ofEndpoint(endpoint: string): ConnectionView[] {
    return this.stream.connections().filter((connection) => connection.endpoint === endpoint);
  }

  subscriptionsOn(connection: string): SubscriptionView[] {
    return this.stream.subscriptions().filter((subscription) => subscription.connection === connection);
  }

  /** Consumers hold what the exchange has, and nothing on the wire is left over. */
  async expectTruth(tolerated: readonly string[] = []): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(3_000);
    expect(this.states().filter((state) => state !== 'live')).toEqual([]);
    const { bids, asks } = this.exchange.market.book('BTC-USDT');
    expect(this.replica.levels()).toEqual({ bids, asks });
    const sent = [...this.exchange.connections].flatMap(({ subscriptions }) => [...subscriptions]);
    const wanted = new Set(this.stream.subscriptions().map(({ topic }) => topic));
    expect(sent.sort()).toEqual([...wanted].sort());
    this.expectPromises(tolerated);
    this.exchange.market.resume();
  }

  expectEveryTradeOnce(): void {
    this.witness.expectEveryTradeOnce((symbol) => this.exchange.market.trades(symbol).at(-1)?.id);
  }

  /** The change went over nobody's head: all is true, no trade was lost or came twice, nobody was told of anything. */
  async expectNothingNoticed(): Promise<void> {
    await this.expectTruth();
    this.expectEveryTradeOnce();
    expect(this.witness.statuses).toEqual([]);
  }
}
