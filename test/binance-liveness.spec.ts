import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { BOOK, World } from './binance-world.ts';

const TOPICS: Record<string, SubscriptionRequest> = {
  'btcusdt@depth@100ms': BOOK,
  'btcusdt@depth20@100ms': { ...BOOK, params: { depth: 20 } },
  'btcusdt@trade': { ...BOOK, channel: 'trades' },
  'btcusdt@ticker': { ...BOOK, channel: 'ticker' },
  'btcusdt@bookTicker': { ...BOOK, channel: 'quotes' },
  'btcusdt@kline_1m': { ...BOOK, channel: 'candles', params: { interval: '1m' } },
};

/** More of them: SEEDS=100 npx jest test/binance-liveness */
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 2) }, (_, index) => index + 100);

/** A world in which one topic may stop to arrive. */
class SilentWorld extends World {
  silent: string | undefined;

  constructor(seed: number) {
    super(seed, Object.values(TOPICS));
    this.loses = (frame) => this.silent !== undefined && frame.includes(`"stream":"${this.silent}"`);
  }
}

describe('Binance, where one topic falls silent', () => {
  test.each(Object.keys(TOPICS).filter((topic) => topic !== 'btcusdt@trade'))(
    '%s is stale, asked for again, and right when it comes back; nobody else notices',
    async (topic) => {
      const world = new SilentWorld(1);
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
      const world = new SilentWorld(5);
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
    const world = new SilentWorld(2);
    await world.clock.advance(10_000);
    world.replica.states.splice(0);
    world.silent = 'btcusdt@depth@100ms';
    await world.clock.advance(120_000);
    expect(world.replica.states.filter((state) => state !== 'stale')).toEqual([]);
    expect(world.view(world.silent)).toMatchObject({
      data: 'stale',
      counters: { resubscribes: 3 },
    });
    world.silent = undefined;
    await world.clock.advance(10_000);
    expect(world.replica.states).toEqual(['stale', 'syncing', 'snapshot', 'live']);
    await world.expectTruth();
    await world.close();
  });

  test('a market at rest accuses no topic', async () => {
    const world = new SilentWorld(3);
    await world.clock.advance(10_000);
    world.exchange.market.pause();
    await world.clock.advance(10 * 60_000);
    await world.expectTruth();
    for (const { counters } of world.stream.subscriptions()) expect(counters.resubscribes).toBe(0);
    await world.close();
  });

  test('a market that moves stays live', async () => {
    const world = new SilentWorld(4);
    await world.clock.advance(4 * 60_000);
    await world.expectTruth();
    for (const { counters } of world.stream.subscriptions()) expect(counters.resubscribes).toBe(0);
    await world.close();
  });

  test.each(seeds)(
    'whichever topics are silent while connections drop, all of it heals (seed %d)',
    async (seed) => {
      const world = new SilentWorld(seed);
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
