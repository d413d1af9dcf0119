import { coinbase, coinbaseExchange } from '@exchange-stream/adapters';
import { VirtualClock, type MarketEvent, type SubscriptionRequest } from '@exchange-stream/market-data';
import {
  createSimulatedExchange,
  FAULT_TYPES,
  randomFaults,
  type SimulatedExchange,
} from '@exchange-stream/simulator';
import { ExchangeWorld } from './world/exchange-world.ts';

const SUBJECTS = {
  coinbase: {
    adapter: coinbase,
    topics: ['level2:BTC-USD', 'market_trades:BTC-USD', 'ticker:BTC-USD', 'heartbeats'],
    others: [
      { channel: 'quotes' },
      { channel: 'derivatives', symbol: 'BTC/USD:USD' },
      { channel: 'book', symbol: 'BTC/USDC' },
      { channel: 'ticker', symbol: 'BTC/USD', params: { speed: '5s' } },
    ],
  },
  'coinbase-exchange': {
    adapter: coinbaseExchange,
    topics: ['level2_batch:BTC-USD', 'matches:BTC-USD', 'ticker:BTC-USD', 'heartbeat:BTC-USD'],
    others: [],
  },
} as const;

type Id = keyof typeof SUBJECTS;

/** A refusal may rightly be taken for final, and who is told that a ticker is subscribed may wait for a trade. */
const UNTOLD: readonly string[] = [
  ...['refuse-subscriptions', 'ack-then-error', 'ignore-requests'],
  ...['pause', 'oversize-frame', 'rest-oversize'],
];
/** What happens to frames that bear no number: nobody could tell. */
const UNSEEN: readonly string[] = [
  ...['drop-frames', 'duplicate-frames', 'reorder-frames', 'corrupt-frames', 'delay-frames'],
  ...['stall', 'spoil-books'],
];

/** Of one exchange of Coinbase and the engine. */
class World extends ExchangeWorld<SimulatedExchange> {
  readonly events: MarketEvent[] = [];

  constructor(
    private readonly id: Id,
    seed: number,
  ) {
    const clock = new VirtualClock(Date.UTC(2026, 10, 26, 12));
    const { adapter, others } = SUBJECTS[id];
    const of = (channel: string, more: object = {}): SubscriptionRequest =>
      ({ exchange: id, channel, symbol: 'BTC/USD', ...more }) as SubscriptionRequest;
    const subscriptions = [
      of('trades'),
      of('ticker'),
      of('candles', { params: { interval: '5m' } }),
      of('status', { symbol: '' }),
      ...others.map((other) => of(other.channel, other)),
    ];
    const symbols = id === 'coinbase' ? ['BTC-USD', 'BIP-20DEC30-CDE'] : ['BTC-USD'];
    super({
      clock,
      seed,
      exchange: createSimulatedExchange(id, {
        clock,
        seed,
        market: { symbols, activity: 0.4, depthLevels: 40, startTime: clock.now() - 86_400_000 },
      }),
      options: { exchanges: [adapter()], subscriptions },
      book: { exchange: id, channel: 'book', symbol: 'BTC/USD' },
    });
    this.stream.listen({}, (event) => this.events.push(event));
  }

  /** Lets the market stand still, so that everybody holds the same, and compares. */
  async expectTruth(): Promise<void> {
    this.exchange.market.pause();
    await this.clock.advance(2_000);
    expect(this.awaited()).toEqual([]);
    const { bids, asks } = this.exchange.market.book('BTC-USD');
    const held = this.replica.levels();
    const plain = (levels: readonly (readonly unknown[])[]): unknown[] =>
      levels.map(([price, amount]) => [Number(price), Number(amount)]);
    expect([plain(held.bids), plain(held.asks)]).toEqual([plain(bids), plain(asks)]);
    this.expectPromises();
    this.exchange.market.resume();
  }

  /** Every trade from the first one that was told, once, with the side of its taker. */
  expectTrades(): void {
    const told = this.events.filter((event) => event.type === 'trade');
    const truth = this.exchange.market.trades('BTC-USD').filter(({ id }) => id >= Number(told[0]?.id));
    expect(told.length).toBeGreaterThan(10);
    expect(told.map(({ id, side }) => [Number(id), side])).toEqual(
      truth.map(({ id, takerSide }) => [id, takerSide]),
    );
  }

  counters(): Readonly<Record<string, unknown>> {
    return this.stream.manager(this.id).counters() as unknown as Readonly<Record<string, unknown>>;
  }
}

describe.each(['coinbase', 'coinbase-exchange'] as const)('%s', (id) => {
  test('every channel is live, every row is known, and trades have the side of their taker', async () => {
    const world = new World(id, 1);
    await world.clock.advance(20_000);
    await world.expectTruth();
    world.expectTrades();
    expect(world.counters()).toMatchObject({ unhandled: 0, rejected: 0, undecodable: 0 });
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    await world.close();
  });

  test.each([1, 2])('whatever happens (seed %i), everything is right when it is over', async (seed) => {
    const world = new World(id, seed);
    await world.clock.advance(5_000);
    const types = FAULT_TYPES.filter(
      (type) => !UNTOLD.includes(type) && (id === 'coinbase' || !UNSEEN.includes(type)),
    );
    const { topics } = SUBJECTS[id];
    world.exchange.faults.run(
      randomFaults(seed, { durationMs: 60_000, intensity: 30, topics: [...topics], types }),
    );
    await world.clock.advance(60_000);
    await world.recover(240_000);
    await world.expectTruth();
    await world.close();
  });
});
