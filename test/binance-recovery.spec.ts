import { binance } from '@exchange-stream/adapters';
import type { MarketEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import { OrderBook, VirtualClock } from '@exchange-stream/market-data';
import { ExchangeStream, type SocketFactory } from '@exchange-stream/nestjs/engine';
import {
  createMemoryTransport,
  createSimulatedExchange,
  type MemoryTransport,
} from '@exchange-stream/simulator';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** What a careful consumer makes of a book's events: it trusts what it was told, and notes every broken promise. */
class Replica {
  readonly broken: string[] = [];
  readonly states: string[] = [];
  private readonly book = new OrderBook();
  private trusted = false;
  sequence: unknown;

  receive(event: MarketEvent): void {
    if (event.type === 'status') {
      this.states.push(event.state);
      if (event.state === 'stale' || event.state === 'gap') this.trusted = false;
    } else if (event.type === 'book-snapshot') {
      this.states.push('snapshot');
      this.book.applySnapshot(event.bids, event.asks);
      this.trusted = true;
      this.sequence = event.sequence;
    } else if (event.type === 'book-update') {
      if (!this.trusted) this.broken.push(`update ${String(event.sequence)} without a snapshot after a loss`);
      this.book.applyUpdate(event.bids, event.asks);
      this.sequence = event.sequence;
      if (this.book.crossed) this.broken.push(`crossed at ${String(event.sequence)}`);
    }
  }

  content(): unknown {
    return { lastUpdateId: this.sequence, bids: this.book.bids(), asks: this.book.asks() };
  }
}

const BOOK = { exchange: 'binance', channel: 'book', symbol: 'BTC/USDT' } as const;
const EVERYTHING: SubscriptionRequest[] = [
  BOOK,
  { ...BOOK, params: { depth: 20 } },
  { ...BOOK, channel: 'trades' },
  { ...BOOK, channel: 'trades', params: { aggregated: true } },
  { ...BOOK, channel: 'ticker' },
  { ...BOOK, channel: 'quotes' },
  { ...BOOK, channel: 'candles', params: { interval: '1m' } },
];

/** Sockets on which some frames never arrive. */
function lossy(sockets: SocketFactory, loses: (frame: Buffer) => boolean): SocketFactory {
  return {
    open: (url, options, handlers) =>
      sockets.open(url, options, {
        onOpen: () => handlers.onOpen(),
        onPing: () => handlers.onPing(),
        onPong: () => handlers.onPong(),
        onError: (error) => handlers.onError(error),
        onClose: (code, reason) => handlers.onClose(code, reason),
        onFrame: (data, binary) => {
          if (!loses(data)) handlers.onFrame(data, binary);
        },
      }),
  };
}

class World {
  readonly clock = new VirtualClock();
  readonly exchange;
  readonly network: MemoryTransport;
  readonly stream: ExchangeStream;
  readonly replica = new Replica();
  loses: (frame: Buffer) => boolean = () => false;

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
      { exchanges: [binance()], subscriptions: EVERYTHING },
      {
        clock: this.clock,
        random: { next: () => (draws.next() >>> 0) / 2 ** 32 },
        http: this.network.http,
        sockets: lossy(this.network.sockets, (frame) => this.loses(frame)),
      },
    );
    this.stream.subscribe(BOOK).on((event) => this.replica.receive(event));
    this.stream.start();
  }

  states(): string[] {
    return this.stream.subscriptions().map(({ data }) => data);
  }

  /** Lets the market stand still, so that everybody holds the same, and compares. */
  async expectTruth(violations: readonly string[] = []): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    expect(this.states()).toEqual(EVERYTHING.map(() => 'live'));
    expect(this.replica.content()).toEqual(this.exchange.market.book('BTCUSDT'));
    expect(this.replica.broken).toEqual([]);
    expect(this.exchange.violations.map(({ rule }) => rule)).toEqual(violations);
    this.exchange.market.resume();
  }

  async close(): Promise<void> {
    await this.settle(this.stream.close());
    this.exchange.stop();
    expect(this.clock.pending).toBe(0);
  }

  private async settle(closing: Promise<void>): Promise<void> {
    await this.clock.advance(10_000);
    await closing;
  }
}

describe('Binance, through everything', () => {
  test('every channel is live and the book is the exchange’s', async () => {
    const world = new World(1);
    await world.clock.advance(10_000);
    await world.expectTruth();
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    const { ignored, ...counters } = world.stream.manager('binance').counters();
    expect(counters).toMatchObject({ unhandled: 0, rejected: 0, undecodable: 0, gaps: 0 });
    expect([...ignored]).toEqual([]);
    await world.close();
  });

  test('a dropped connection: stale, then a snapshot, then live', async () => {
    const world = new World(2);
    await world.clock.advance(5_000);
    world.network.drop();
    await world.clock.advance(5_000);
    expect(world.replica.states).toEqual([
      'syncing',
      'snapshot',
      'live',
      'stale',
      'syncing',
      'snapshot',
      'live',
    ]);
    await world.expectTruth();
    await world.close();
  });

  test('a lost update: gap with its bounds, then a snapshot, then live; nobody else notices', async () => {
    const world = new World(3);
    await world.clock.advance(5_000);
    let lost: { U: number; u: number } | undefined;
    world.loses = (frame) => {
      if (lost || !frame.includes('"btcusdt@depth@100ms"')) return false;
      lost = (JSON.parse(frame.toString()) as { data: { U: number; u: number } }).data;
      return true;
    };
    const statuses: MarketEvent[] = [];
    world.stream.listen({}, (event) => {
      if (event.type === 'status') statuses.push(event);
    });
    statuses.splice(0);
    await world.clock.advance(5_000);
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live', 'gap', 'snapshot', 'live']);
    expect(statuses).toMatchObject([
      {
        subscription: '["binance","book","BTC/USDT",{}]',
        state: 'gap',
        lost: { from: lost?.U, to: lost?.u },
      },
      { subscription: '["binance","book","BTC/USDT",{}]', state: 'live' },
    ]);
    await world.expectTruth();
    await world.close();
  });

  test('a connection that dies in silence is found out within the exchange’s own deadline', async () => {
    const world = new World(4);
    await world.clock.advance(5_000);
    world.network.freeze();
    await world.clock.advance(60_000);
    expect(world.states()).toEqual(EVERYTHING.map(() => 'stale'));
    world.network.thaw();
    await world.clock.advance(90_000);
    // A frozen network answers no pings, which the exchange holds against us.
    await world.expectTruth(['pong-timeout']);
    await world.close();
  });

  test('an exchange that is away for six hours is back without anyone’s help, within its limits', async () => {
    const world = new World(5);
    await world.clock.advance(5_000);
    world.exchange.market.pause();
    world.network.refusing = true;
    world.network.drop();
    await world.clock.advance(6 * 3_600_000);
    world.exchange.market.resume();
    expect(world.states()).toEqual(EVERYTHING.map(() => 'stale'));
    world.network.refusing = false;
    await world.clock.advance(60_000);
    await world.expectTruth();
    await world.close();
  });

  test.each(Array.from({ length: 12 }, (_, index) => index + 100))(
    'whatever is lost, dropped or refused at random, the book is right or says it is not (seed %d)',
    async (seed) => {
      const world = new World(seed);
      const draws = xoroshiro128plus(seed);
      const chance = (): number => (draws.next() >>> 0) / 2 ** 32;
      world.loses = () => chance() < 0.01;
      for (let round = 0; round < 30; round++) {
        await world.clock.advance(chance() * 2_000);
        const fate = chance();
        if (fate < 0.2) world.network.drop();
        else if (fate < 0.3) world.network.refusing = !world.network.refusing;
        else if (fate < 0.35) world.exchange.disconnectAll(1012);
      }
      world.loses = () => false;
      world.network.refusing = false;
      // Lost data frames of other channels heal by themselves; lost acks are asked for again within 10 s.
      await world.clock.advance(60_000);
      await world.expectTruth();
      await world.close();
    },
  );
});
