import type { MarketEvent } from '@exchange-stream/market-data';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { BOOK, EVERYTHING, World } from './binance-world.ts';

/** More of them: SEEDS=100 npx jest test/binance-recovery */
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 5) }, (_, index) => index + 100);

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

  test('a book that REST gives twelve levels of is refreshed while it is live, and its best prices are never wrong', async () => {
    const world = new World(9, [BOOK], { activity: 3, seedDepth: 12, comparedDepth: 1 });
    await world.clock.advance(200_000);
    world.expectPromises();
    const { states } = world.replica;
    expect(states.slice(0, 3)).toEqual(['syncing', 'snapshot', 'live']);
    expect(
      states.filter((state, index) => state === 'snapshot' && states[index - 1] !== 'gap').length,
    ).toBeGreaterThan(2);
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

  test.each(seeds)(
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
