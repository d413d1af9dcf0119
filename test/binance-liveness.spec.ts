import { binance } from '@exchange-stream/adapters';
import type { MarketEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import { OrderBook, VirtualClock } from '@exchange-stream/market-data';
import {
  ExchangeStream,
  type LifecycleEvent,
  type SocketFactory,
  type SubscriptionView,
} from '@exchange-stream/nestjs/engine';
import {
  createMemoryTransport,
  createSimulatedExchange,
  type MemoryTransport,
} from '@exchange-stream/simulator';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

const BOOK = { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' } as const;
const TOPICS: Record<string, SubscriptionRequest> = {
  'btcusdt@depth@100ms': BOOK,
  'btcusdt@depth20@100ms': { ...BOOK, params: { depth: 20 } },
  'btcusdt@trade': { ...BOOK, channel: 'trades' },
  'btcusdt@ticker': { ...BOOK, channel: 'ticker' },
  'btcusdt@bookTicker': { ...BOOK, channel: 'quotes' },
  'btcusdt@kline_1m': { ...BOOK, channel: 'candles', params: { interval: '1m' } },
};

/** A simulated Binance on which one topic may stop to arrive. */
class World {
  readonly clock = new VirtualClock();
  readonly exchange;
  readonly stream: ExchangeStream;
  readonly book = new OrderBook();
  readonly bookStates: string[] = [];
  sequence: unknown;
  readonly network: MemoryTransport;
  readonly illegal: LifecycleEvent[] = [];
  /** The topic of which nothing arrives. */
  silent: string | undefined;

  constructor(seed: number) {
    this.exchange = createSimulatedExchange('binance', {
      clock: this.clock,
      seed,
      market: { symbols: ['BTCUSDT'], activity: 0.3 },
    });
    this.exchange.start();
    this.network = createMemoryTransport(this.exchange, this.clock, { latencyMs: 5 });
    const draws = xoroshiro128plus(seed);
    this.stream = new ExchangeStream(
      { exchanges: [binance()], subscriptions: Object.values(TOPICS) },
      {
        clock: this.clock,
        random: { next: () => (draws.next() >>> 0) / 2 ** 32 },
        http: this.network.http,
        sockets: this.withoutTheSilent(this.network.sockets),
      },
    );
    this.stream.subscribe(BOOK).on((event) => this.receive(event));
    this.stream.onLifecycle((event) => {
      if (event.type === 'illegal-transition') this.illegal.push(event);
    });
    this.stream.start();
  }

  view(topic: string): SubscriptionView {
    const found = this.stream.subscriptions().find((subscription) => subscription.topic === topic);
    if (!found) throw new Error(`Nobody subscribed ${topic}.`);
    return found;
  }

  /** Lets the market stand still, and compares the book that a consumer holds with the exchange's. */
  async expectTruth(): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    for (const topic of Object.keys(TOPICS)) expect([topic, this.view(topic).data]).toEqual([topic, 'live']);
    expect({ lastUpdateId: this.sequence, bids: this.book.bids(), asks: this.book.asks() }).toEqual(
      this.exchange.market.book('BTCUSDT'),
    );
    expect(this.exchange.violations).toEqual([]);
    expect(this.illegal).toEqual([]);
    this.exchange.market.resume();
  }

  async close(): Promise<void> {
    const closing = this.stream.close();
    await this.clock.advance(10_000);
    await closing;
    this.exchange.stop();
    expect(this.clock.pending).toBe(0);
  }

  private receive(event: MarketEvent): void {
    if (event.type === 'status') this.bookStates.push(event.state);
    else if (event.type === 'book-snapshot') this.book.applySnapshot(event.bids, event.asks);
    else if (event.type === 'book-update') this.book.applyUpdate(event.bids, event.asks);
    if (event.type !== 'status') this.sequence = event.sequence;
  }

  private withoutTheSilent(sockets: SocketFactory): SocketFactory {
    return {
      open: (url, options, handlers) =>
        sockets.open(url, options, {
          onOpen: () => handlers.onOpen(),
          onPing: () => handlers.onPing(),
          onPong: () => handlers.onPong(),
          onError: (error) => handlers.onError(error),
          onClose: (code, reason) => handlers.onClose(code, reason),
          onFrame: (data, binary) => {
            if (this.silent === undefined || !data.includes(`"stream":"${this.silent}"`))
              handlers.onFrame(data, binary);
          },
        }),
    };
  }
}

describe('Binance, where one topic falls silent', () => {
  test.each(Object.keys(TOPICS).filter((topic) => topic !== 'btcusdt@trade'))(
    '%s is stale, asked for again, and right when it comes back; nobody else notices',
    async (topic) => {
      const world = new World(1);
      await world.clock.advance(10_000);
      const others: string[] = [];
      world.stream.listen({}, (event) => {
        if (event.type === 'status' && event.subscription !== world.view(topic).key) others.push(event.state);
      });
      others.splice(0);
      world.silent = topic;
      await world.clock.advance(20_000);
      expect(world.view(topic)).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
      expect(world.view(topic).reason).toContain('no data for 10 s while the market moves');
      world.silent = undefined;
      await world.clock.advance(10_000);
      await world.expectTruth();
      expect(others).toEqual([]);
      await world.close();
    },
  );

  test('a stream that is confirmed and never says anything is found out, and the book that lacks it too', async () => {
    for (const topic of ['btcusdt@bookTicker', 'btcusdt@depth@100ms']) {
      const world = new World(5);
      world.silent = topic;
      await world.clock.advance(25_000);
      expect(world.view(topic)).toMatchObject({ state: 'subscribed', data: 'stale' });
      world.silent = undefined;
      await world.clock.advance(30_000);
      await world.expectTruth();
      await world.close();
    }
  });

  test('a silent book is not live by a snapshot alone: its updates have to flow', async () => {
    const world = new World(2);
    await world.clock.advance(10_000);
    world.bookStates.splice(0);
    world.silent = 'btcusdt@depth@100ms';
    await world.clock.advance(120_000);
    expect(world.bookStates.filter((state) => state !== 'stale')).toEqual([]);
    expect(world.view(world.silent)).toMatchObject({
      data: 'stale',
      counters: { resubscribes: 3 },
    });
    world.silent = undefined;
    await world.clock.advance(10_000);
    expect(world.bookStates).toEqual(['stale', 'syncing', 'live']);
    await world.expectTruth();
    await world.close();
  });

  test('a market at rest stays live', async () => {
    const world = new World(3);
    await world.clock.advance(10_000);
    world.exchange.market.pause();
    await world.clock.advance(30 * 60_000);
    await world.expectTruth();
    for (const { counters } of world.stream.subscriptions()) expect(counters.resubscribes).toBe(0);
    await world.close();
  });

  test('a market that moves stays live', async () => {
    const world = new World(4);
    await world.clock.advance(10 * 60_000);
    await world.expectTruth();
    for (const { counters } of world.stream.subscriptions()) expect(counters.resubscribes).toBe(0);
    await world.close();
  });

  test.each([100, 101, 102, 103])(
    'whichever topics are silent while connections drop, all of it heals (seed %d)',
    async (seed) => {
      const world = new World(seed);
      const draws = xoroshiro128plus(seed);
      const chance = (): number => (draws.next() >>> 0) / 2 ** 32;
      const topics = Object.keys(TOPICS);
      for (let round = 0; round < 20; round++) {
        world.silent = chance() < 0.7 ? topics[Math.floor(chance() * topics.length)] : undefined;
        await world.clock.advance(chance() * 20_000);
        if (chance() < 0.2) world.network.drop();
      }
      world.silent = undefined;
      await world.clock.advance(60_000);
      await world.expectTruth();
      await world.close();
    },
  );
});
