import { binance } from '@exchange-stream/adapters';
import { BOOK, World, type WorldOptions } from './binance-world.ts';
import { Witness } from './world/witness.ts';

const HOUR_MS = 3_600_000;
const CONNECTION = 'binance/public/1';

/** More of them: SEEDS=200 npx jest test/binance-rotation */
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 4) }, (_, index) => index + 1);

const live = async (seed: number, options?: WorldOptions): Promise<{ world: World; witness: Witness }> => {
  const world = new World(seed, undefined, options);
  await world.clock.advance(20_000);
  expect(new Set(world.states())).toEqual(new Set(['live']));
  return { world, witness: new Witness(world.stream, 'binance') };
};

const lastTradeOf = (world: World) => (nativeSymbol: string) =>
  world.exchange.market.trades(nativeSymbol).at(-1)?.id;

/** Everybody holds what the exchange has, was told of nothing, and has every trade once. */
async function expectNothingNoticed(world: World, witness: Witness): Promise<void> {
  await world.expectTruth();
  witness.expectEveryTradeOnce(lastTradeOf(world));
  expect(witness.statuses).toEqual([]);
}

describe('a connection that is replaced in time', () => {
  test.each(seeds)('loses no trade, repeats none and is live at every moment (seed %d)', async (seed) => {
    const { world, witness } = await live(seed);
    expect(world.stream.manager('binance').rotate(CONNECTION)).toBe(true);
    await world.clock.advance(20_000);
    expect(witness.rotations).toMatchObject([
      { from: CONNECTION, to: 'binance/public/2', outcome: 'completed', seamless: 7 },
    ]);
    expect(world.stream.connections()).toMatchObject([{ id: 'binance/public/2', topics: 7, state: 'open' }]);
    expect(world.exchange.connections.size).toBe(1);
    await expectNothingNoticed(world, witness);
    expect(world.replica.states).toEqual(['syncing', 'snapshot', 'live']);
    for (const view of world.stream.subscriptions()) {
      expect(view).toMatchObject({ state: 'subscribed', connection: 'binance/public/2' });
      expect(view.counters.gaps).toBe(0);
    }
    await world.close();
  });

  test('does so in a market at rest', async () => {
    const { world, witness } = await live(1);
    world.exchange.market.pause();
    await world.clock.advance(5_000);
    world.stream.manager('binance').rotate(CONNECTION);
    await world.clock.advance(10_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'completed', seamless: 7 }]);
    world.exchange.market.resume();
    await world.clock.advance(10_000);
    await expectNothingNoticed(world, witness);
    await world.close();
  });

  test.each([
    ['the old one behind', 1],
    ['the fresh one behind', 2],
  ])('and does so with %s', async (_, slow) => {
    const { world, witness } = await live(3, { activity: 1 });
    world.delays = (connection) => (connection === slow ? 700 : 0);
    await world.clock.advance(2_000);
    world.stream.manager('binance').rotate(CONNECTION);
    await world.clock.advance(30_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'completed', seamless: 7 }]);
    await expectNothingNoticed(world, witness);
    await world.close();
  });
});

describe('the exchange', () => {
  test('closes connections after 24 h, and never finds ours', async () => {
    expect(binance().endpoints.public?.limits.lifetimeMs).toEqual({
      documented: 24 * HOUR_MS,
      safe: 23 * HOUR_MS,
    });
    // The same in a minute: a day of a live market takes too long even in virtual time.
    const world = new World(5, undefined, { lifetimeMs: 60_000 });
    await world.clock.advance(20_000);
    const witness = new Witness(world.stream, 'binance');
    const ages: number[] = [];
    world.stream.onLifecycle((event) => {
      if (event.type === 'connection' && event.connection.state === 'draining')
        ages.push(world.clock.now() - (event.connection.openedAt ?? 0));
    });
    await world.clock.advance(60_000);
    expect(witness.rotations).toMatchObject([
      { outcome: 'completed', seamless: 7, reason: 'the exchange closes connections at a certain age' },
    ]);
    expect(ages).toHaveLength(1);
    expect(ages[0]).toBeLessThan(65_000);
    expect(ages[0]).toBeGreaterThan(57_000);
    await expectNothingNoticed(world, witness);
    await world.close();
  });

  test('announces that it goes down, and by then we are elsewhere', async () => {
    const { world, witness } = await live(6);
    world.exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 30_000 });
    await world.clock.advance(60_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'completed', seamless: 7 }]);
    expect(witness.rotations[0]?.reason).toContain('serverShutdown');
    await expectNothingNoticed(world, witness);
    await world.close();
  });

  test('announces it too late: that is a loss, told as one and mended', async () => {
    const { world, witness } = await live(7);
    world.exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 1 });
    await world.clock.advance(30_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'overtaken', seamless: 0 }]);
    expect(world.stream.connections()).toMatchObject([{ id: 'binance/public/2', topics: 7 }]);
    expect(witness.statuses.some((status) => status.startsWith('trades stale'))).toBe(true);
    await world.expectTruth();
    witness.expectEveryTradeOnce(lastTradeOf(world));
    await world.close();
  });

  test('refuses the successor for a while: the old connection serves until the fresh one can', async () => {
    const { world, witness } = await live(8);
    const refusal = world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503 });
    world.stream.manager('binance').rotate(CONNECTION);
    await world.clock.advance(30_000);
    expect(witness.rotations).toEqual([]);
    expect(new Set(world.states())).toEqual(new Set(['live']));
    refusal.clear();
    await world.clock.advance(60_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'completed', seamless: 7 }]);
    await expectNothingNoticed(world, witness);
    await world.close();
  });

  test('refuses it beyond the deadline: it is given up, and tried again until it succeeds', async () => {
    const { world, witness } = await live(9, { tuning: { rotationDeadlineMs: 15_000 } });
    const refusal = world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503 });
    world.stream.manager('binance').rotate(CONNECTION);
    await world.clock.advance(16_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'incomplete', seamless: 0 }]);
    expect(world.stream.connections().map(({ id }) => id)).toContain(CONNECTION);
    refusal.clear();
    await world.clock.advance(60_000);
    expect(witness.rotations).toMatchObject([
      { outcome: 'incomplete' },
      { outcome: 'completed', seamless: 7 },
    ]);
    expect(world.stream.connections()).toHaveLength(1);
    expect(world.stream.manager('binance').counters().rotations).toMatchObject({
      incomplete: 1,
      completed: 1,
    });
    await expectNothingNoticed(world, witness);
    await world.close();
  });

  test.each(seeds)(
    'lets the old connection die midway: what is ready goes over, the rest is asked for (seed %d)',
    async (seed) => {
      const { world, witness } = await live(seed);
      world.stream.manager('binance').rotate(CONNECTION);
      await world.clock.advance(10 + seed * 37);
      world.exchange.faults.inject({ type: 'cut', connectionId: 1 });
      await world.clock.advance(20_000);
      expect(witness.rotations).toHaveLength(1);
      expect(world.stream.connections()).toMatchObject([{ id: 'binance/public/2', topics: 7 }]);
      await world.expectTruth();
      witness.expectNoTradeTwice();
      await world.close();
    },
  );

  test('lets the fresh one die midway: it comes back, and the change is made', async () => {
    const { world, witness } = await live(11);
    world.stream.manager('binance').rotate(CONNECTION);
    await world.clock.advance(30);
    world.exchange.faults.inject({ type: 'cut', connectionId: 2 });
    await world.clock.advance(30_000);
    expect(witness.rotations).toMatchObject([{ outcome: 'completed', seamless: 7 }]);
    await expectNothingNoticed(world, witness);
    await world.close();
  });
});

describe('what is wanted', () => {
  test('may change while a connection is replaced', async () => {
    const { world, witness } = await live(12);
    const gone = world.stream.subscribe({ ...BOOK, channel: 'candles', params: { interval: '5m' } });
    await world.clock.advance(5_000);
    world.stream.manager('binance').rotate(CONNECTION);
    const fresh = world.stream.subscribe({ ...BOOK, channel: 'candles', params: { interval: '1h' } });
    await gone.unsubscribe();
    await world.clock.advance(20_000);
    expect(fresh.view()).toMatchObject({ state: 'subscribed', data: 'live', connection: 'binance/public/2' });
    expect(world.stream.connections()).toMatchObject([{ id: 'binance/public/2', topics: 8 }]);
    expect([...world.exchange.connections].map(({ subscriptions }) => subscriptions.size)).toEqual([8]);
    await fresh.unsubscribe();
    await world.expectTruth();
    witness.expectEveryTradeOnce(lastTradeOf(world));
    await world.close();
  });

  test('may end: then nothing is left, of the old and of the fresh', async () => {
    const world = new World(13, [BOOK]);
    await world.clock.advance(20_000);
    world.stream.manager('binance').rotate(CONNECTION);
    await world.close();
    expect(world.exchange.connections.size).toBe(0);
  });
});
