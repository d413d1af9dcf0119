import { SystemClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type ConnectionView,
  type EngineTuning,
  type PlatformOverrides,
  type SubscriptionView,
} from '@exchange-stream/nestjs/engine';
import { startFaultyNetwork, type FaultyNetwork } from '@exchange-stream/simulator';
import { serveExchange, type RunningExchange } from '@exchange-stream/simulator/kit';
import { lab, type LabOptions } from '../lab/adapter/lab.adapter.ts';
import type { SpokenDialects } from '../lab/lab-world.ts';
import { LabExchange } from '../lab/twin/index.ts';
import { watchResources } from './resources.ts';
import { until } from './until.ts';

export const TRADES = { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' } as const;
export const BOOK = { exchange: 'lab', channel: 'book', symbol: 'BTC/USDT' } as const;
const BESIDE = { exchange: 'beside', channel: 'quotes', symbol: 'BTC/USDT' } as const;

/** The faults are the point here, not how many handshakes lab takes. */
const MANY_CONNECTS = [{ documented: 10_000, safe: 10_000, windowMs: 1_000 }];
const CONNECTS = [{ count: 10_000, windowMs: 1_000 }];

export interface FaultWorldOptions {
  readonly dialects?: SpokenDialects;
  /** Default: trades and book of BTC/USDT. */
  readonly subscriptions?: readonly SubscriptionRequest[];
  readonly tuning?: EngineTuning;
  readonly overrides?: PlatformOverrides;
  /** Mean time between two steps of lab's market. Default 50. */
  readonly stepMs?: number;
  readonly activity?: number;
}

/** Where lab is to be found, in place of the faulty network in front of it. */
export interface Ways {
  readonly sockets?: string | readonly string[];
  readonly rest?: string;
}

/**
 * Lab on a port, a faulty network in front of it, and an engine as a user runs it: real sockets, the system's clock. Beside
 * lab the engine streams from another exchange, which nothing ever happens to.
 */
export class FaultWorld {
  /** Views of lab's connections, as they came about. */
  readonly views: (ConnectionView & { readonly at: number })[] = [];
  /** Events of lab's subscriptions. */
  readonly events: MarketEvent[] = [];
  /** Everything that was reported, as text. */
  readonly reports: string[] = [];
  /** Why books could not be had. */
  readonly seedErrors: Error[] = [];
  stream!: ExchangeStream;
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly besideStates: string[] = [];
  private besideRows = 0;

  private constructor(
    readonly lab: RunningExchange<LabExchange>,
    readonly network: FaultyNetwork,
    private readonly beside: RunningExchange<LabExchange>,
    private readonly options: FaultWorldOptions,
  ) {}

  static async start(options: FaultWorldOptions): Promise<FaultWorld> {
    const { dialects = {}, stepMs = 50, activity = 1 } = options;
    const clock = new SystemClock();
    const common = { clock, symbols: ['BTC-USDT'], depthLevels: 10, limits: { connects: CONNECTS } };
    const venue = await serveExchange(new LabExchange({ ...common, seed: 5, stepMs, activity, ...dialects }));
    const beside = await serveExchange(new LabExchange({ ...common, seed: 6, stepMs: 50 }));
    return new FaultWorld(venue, await startFaultyNetwork({ to: venue, seed: 5 }), beside, options);
  }

  /** Runs the engine, once lab is where it should be. */
  run({ sockets = this.network.webSocketUrl, rest = this.lab.restUrl }: Ways = {}): void {
    const { dialects = {}, subscriptions = [TRADES, BOOK], tuning, overrides } = this.options;
    const spoken: LabOptions = { ...dialects, limits: { connects: MANY_CONNECTS } };
    this.stream = new ExchangeStream(
      {
        exchanges: [lab(spoken), { ...lab(), exchange: BESIDE.exchange }],
        settings: {
          lab: { urls: { public: sockets, market: sockets, rest } },
          beside: { urls: { public: this.beside.webSocketUrl, rest: this.beside.restUrl } },
        },
        subscriptions: [...subscriptions, BESIDE],
        tuning: { backoffInitialMs: 20, backoffMaxMs: 100, ...tuning },
      },
      overrides,
    );
    this.stream.onLifecycle((event) => {
      this.reports.push(JSON.stringify(event));
      if (event.type === 'seed-failed') this.seedErrors.push(event.error);
      if (event.type === 'connection' && event.connection.exchange === 'lab')
        this.views.push({ ...event.connection, at: performance.now() });
    });
    this.stream.listen({ exchange: 'lab' }, (event) => void this.events.push(event));
    this.stream.listen({ exchange: BESIDE.exchange }, (event) => {
      if (event.type === 'status') this.besideStates.push(event.state);
      else this.besideRows++;
    });
    this.stream.start();
  }

  /** Closed when the test is over, the last one first. */
  also<T extends { close(): Promise<void> }>(part: T): T {
    this.closers.push(() => part.close());
    return part;
  }

  /** Lab's subscriptions. */
  subscriptions(): SubscriptionView[] {
    return this.stream.subscriptions().filter(({ exchange }) => exchange === 'lab');
  }

  get isLive(): boolean {
    return this.subscriptions().every(({ state, data }) => state === 'subscribed' && data === 'live');
  }

  /** The data states that consumers of lab were told, in order. */
  get states(): string[] {
    return this.events.flatMap((event) => (event.type === 'status' ? [event.state] : []));
  }

  /** Waits until all of lab is live, and something has come since. Returns how long that took, in milliseconds. */
  async live(deadlineMs = 40_000): Promise<number> {
    const since = performance.now();
    await until('all of lab is live', () => this.isLive, deadlineMs);
    const tookMs = performance.now() - since;
    const before = this.events.length;
    await until('data comes', () => this.events.length > before, deadlineMs);
    return tookMs;
  }

  /** Waits for a view of one of lab's connections. */
  async view(
    what: string,
    holds: (view: ConnectionView) => boolean,
    deadlineMs = 40_000,
  ): Promise<ConnectionView & { readonly at: number }> {
    await until(what, () => this.views.some(holds), deadlineMs);
    return this.views.find(holds)!;
  }

  /** How long each attempt took that failed, in milliseconds. */
  attemptsMs(): number[] {
    return this.views.flatMap((view, index) => {
      const next = this.views[index + 1];
      return view.state === 'connecting' && next?.state === 'waiting' ? [next.at - view.at] : [];
    });
  }

  /** Lab stands still, so that both sides hold the same, and the engine's book is lab's book. */
  async expectSameBook(): Promise<void> {
    this.lab.exchange.market.pause();
    const book = this.stream.subscribe(BOOK);
    const { bids, asks } = this.lab.exchange.market.book('BTC-USDT');
    const same = (): boolean => {
      const latest = book.latest();
      return (
        latest?.type === 'book-snapshot' &&
        JSON.stringify([latest.bids, latest.asks]) === JSON.stringify([bids, asks])
      );
    };
    await until("the engine's book is lab's book", same);
    await book.unsubscribe();
    this.lab.exchange.market.resume();
  }

  /** The exchange carries each topic once: nothing is left of attempts that failed. */
  expectOneOfEach(): void {
    const carried = [...this.lab.exchange.connections].flatMap(({ subscriptions }) => [...subscriptions]);
    expect(carried.sort()).toEqual(
      this.subscriptions()
        .map(({ topic }) => topic)
        .sort(),
    );
    expect(this.lab.exchange.violations).toEqual([]);
  }

  /** The other exchange is live, was never anything else, and still brings data. */
  async expectBesideUnharmed(): Promise<void> {
    const rows = this.besideRows;
    await until('the other exchange brings data', () => this.besideRows > rows);
    expect(this.besideStates.filter((state) => state !== 'syncing')).toEqual(['live']);
    expect(this.beside.exchange.violations).toEqual([]);
  }

  async close(): Promise<void> {
    await this.stream.close();
    for (const close of this.closers.reverse()) await close();
    await this.network.stop();
    await Promise.all([this.lab.stop(), this.beside.stop()]);
  }
}

/** Runs a case in a world of its own, and sees to it that nothing is harmed beside it and nothing is left of it. */
export async function inFaultWorld(
  options: FaultWorldOptions,
  play: (world: FaultWorld) => Promise<void>,
): Promise<void> {
  const allGivenBack = watchResources();
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', onUnhandled);
  const world = await FaultWorld.start(options);
  try {
    await play(world);
    await world.expectBesideUnharmed();
  } finally {
    await world.close();
    process.off('unhandledRejection', onUnhandled);
  }
  await allGivenBack();
  expect(unhandled).toEqual([]);
}
