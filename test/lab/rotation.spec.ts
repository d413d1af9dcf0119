import type { MarketEvent } from '@exchange-stream/market-data';
import { BOOK } from './lab-world.ts';
import { ACCOUNT, PUBLIC, RAW, RotationWorld, TRADES } from './rotation-world.ts';

const HOUR_MS = 3_600_000;
const FIRST = 'lab/public/1';
const SECOND = 'lab/public/2';
/** Subscriptions of the public connection, the book included. */
const ALL = PUBLIC.length + 1;

describe('a lab connection that is replaced', () => {
  test.each([
    ['request', 'range'],
    ['topic', 'stream'],
    ['topic', 'previous'],
  ] as const)('is noticed by nobody, with acks by %s and books by %s', async (acks, books) => {
    const world = await RotationWorld.live({ dialects: { acks, books } });
    expect(world.manager.rotate(FIRST)).toBe(true);
    await world.clock.advance(20_000);
    expect(world.witness.rotations).toMatchObject([
      { from: FIRST, to: SECOND, outcome: 'completed', seamless: ALL },
    ]);
    expect(world.publicConnections()).toEqual([SECOND]);
    await world.expectNothingNoticed();
    for (const { counters } of world.stream.subscriptions()) expect(counters.gaps).toBe(0);
    await world.close();
  });

  test('is noticed by nobody who wants rows, where frames bear the number of their connection', async () => {
    const world = await RotationWorld.live({ isBusy: true, dialects: { acks: 'channel', books: 'stream' } });
    // From here on the exchange would number its topics otherwise.
    world.stream.setDefaults(PUBLIC.slice(1));
    const frames = follow(world);
    world.manager.rotate(FIRST);
    await world.clock.advance(30_000);
    expect(world.witness.rotations).toMatchObject([{ outcome: 'completed', seamless: ALL - 2 }]);
    // The same frame differs on two connections: which were missed cannot be known, and is told.
    expect(new Set(world.witness.statuses.map((status) => status.split(' ')[0]))).toEqual(new Set(['raw']));
    expect(world.witness.statuses.some((status) => status.startsWith('raw gap'))).toBe(true);
    expect(frames.ids).toEqual([...new Set(frames.ids)].sort((a, b) => a - b));
    await world.expectTruth();
    world.expectEveryTradeOnce();
    await world.close();
  });

  test.each([
    ['the old one behind', 1],
    ['the fresh one behind', 2],
  ])('is noticed by nobody with %s', async (_, slow) => {
    const world = await RotationWorld.live({ isBusy: true, dialects: { acks: 'topic', books: 'stream' } });
    world.delays = (socket) => (socket === slow ? 2_000 : 0);
    await world.clock.advance(2_000);
    world.manager.rotate(FIRST);
    await world.clock.advance(30_000);
    expect(world.witness.rotations).toMatchObject([{ outcome: 'completed', seamless: ALL }]);
    await world.expectNothingNoticed();
    await world.close();
  });

  test('is noticed by nobody while acks are late: nothing goes over before it is confirmed', async () => {
    const world = await RotationWorld.live({ dialects: { acks: 'topic' } });
    world.exchange.faults.inject({ type: 'delay-ack', delayMs: 8_000, connectionId: 2 });
    world.manager.rotate(FIRST);
    await world.clock.advance(6_000);
    expect(world.subscriptionsOn(SECOND)).toEqual([]);
    await world.clock.advance(20_000);
    expect(world.witness.rotations).toMatchObject([{ outcome: 'completed', seamless: ALL }]);
    await world.expectNothingNoticed();
    await world.close();
  });

  test('hands its frames over whole and once', async () => {
    const world = await RotationWorld.live();
    const frames = follow(world);
    world.manager.rotate(FIRST);
    await world.clock.advance(20_000);
    const [first = 0] = frames.ids;
    expect(frames.ids).toEqual(frames.ids.map((_, index) => first + index));
    await world.close();
  });

  test('logs in before it is needed', async () => {
    const world = await RotationWorld.live({ subscriptions: ACCOUNT });
    world.manager.rotate('lab/private/1');
    await world.clock.advance(30_000);
    expect(world.witness.rotations).toMatchObject([
      { from: 'lab/private/1', to: 'lab/private/2', outcome: 'completed', seamless: ACCOUNT.length },
    ]);
    expect(world.ofEndpoint('private')).toMatchObject([{ id: 'lab/private/2', state: 'open' }]);
    await world.expectTruth();
    expect(world.witness.statuses).toEqual([]);
    await world.close();
  });
});

describe('lab', () => {
  test('announces a restart, and by then we are elsewhere', async () => {
    const world = await RotationWorld.live({ dialects: { books: 'stream' } });
    world.exchange.faults.inject({ type: 'server-shutdown', closeAfterMs: 10_000 });
    await world.clock.advance(30_000);
    expect(world.witness.rotations).toMatchObject([
      { outcome: 'completed', seamless: ALL, reason: expect.stringContaining('restart') as unknown },
    ]);
    await world.expectNothingNoticed();
    await world.close();
  });

  test('closes connections after 24 h, and never finds ours', async () => {
    const lifetimeMs = { documented: 24 * HOUR_MS, safe: 23 * HOUR_MS };
    // A market at rest brings nothing for a day, and says so to nobody.
    const world = await RotationWorld.live({
      lifetimeMs,
      subscriptions: [TRADES, RAW, { ...BOOK, channel: 'quotes' }],
      tuning: { trafficTimeoutMs: 48 * HOUR_MS },
    });
    const ages: number[] = [];
    world.stream.onLifecycle((event) => {
      if (event.type === 'connection' && event.connection.state === 'draining')
        ages.push(world.clock.now() - (event.connection.openedAt ?? 0));
    });
    await world.sleep(25 * HOUR_MS);
    expect(world.witness.rotations).toMatchObject([
      { outcome: 'completed', seamless: 4, reason: 'the exchange closes connections at a certain age' },
    ]);
    expect(ages).toHaveLength(1);
    expect(ages[0]).toBeGreaterThan(21 * HOUR_MS);
    expect(ages[0]).toBeLessThan(lifetimeMs.safe + 60_000);
    expect(world.publicConnections()).toEqual([SECOND]);
    await world.clock.advance(10_000);
    await world.expectNothingNoticed();
    await world.close();
  });

  test.each([50, 400, 1_500])(
    'pauses on the old one after %d ms: the fresh one takes what it has',
    async (afterMs) => {
      const world = await RotationWorld.live({ dialects: { books: 'stream' } });
      world.manager.rotate(FIRST);
      await world.clock.advance(afterMs);
      world.exchange.faults.inject({ type: 'pause', connectionId: 1, forMs: 60_000 });
      await world.clock.advance(20_000);
      expect(world.witness.rotations).toMatchObject([{ from: FIRST, to: SECOND }]);
      expect(world.publicConnections()).toEqual([SECOND]);
      await world.expectTruth();
      world.witness.expectNoTradeTwice();
      await world.close();
    },
  );

  test('pauses on the fresh one: the old one serves, and goes when that is over', async () => {
    const world = await RotationWorld.live({ dialects: { books: 'stream' } });
    world.manager.rotate(FIRST);
    await world.clock.advance(50);
    world.exchange.faults.inject({ type: 'pause', connectionId: 2, forMs: 30_000 });
    await world.clock.advance(25_000);
    expect(world.witness.rotations).toEqual([]);
    expect(world.subscriptionsOn(FIRST).length).toBeGreaterThan(0);
    await world.clock.advance(25_000);
    expect(world.witness.rotations).toMatchObject([{ outcome: 'completed' }]);
    await world.expectTruth();
    world.expectEveryTradeOnce();
    await world.close();
  });

  test.each([0, 300, 2_500])(
    'stops a market %d ms into it: halted until it opens, and nothing lost',
    async (afterMs) => {
      const world = await RotationWorld.live({ dialects: { books: 'stream' } });
      world.manager.rotate(FIRST);
      await world.clock.advance(afterMs);
      world.exchange.faults.inject({ type: 'halt', symbol: 'BTC-USDT', forMs: 20_000 });
      await world.clock.advance(15_000);
      for (const { channel, symbol, data } of world.stream.subscriptions())
        if (channel !== 'raw')
          expect([channel, symbol, data]).toEqual([
            channel,
            symbol,
            symbol === BOOK.symbol ? 'halted' : 'live',
          ]);
      await world.clock.advance(25_000);
      expect(world.witness.rotations).toMatchObject([{ outcome: 'completed' }]);
      await world.expectTruth();
      world.expectEveryTradeOnce();
      await world.close();
    },
  );
});

describe('what is wanted of lab', () => {
  test.each([10, 300, 1_000])('may end %d ms into it: the topic leaves both connections', async (afterMs) => {
    const world = await RotationWorld.live();
    const gone = world.stream.subscribe({ ...BOOK, channel: 'ticker', symbol: 'ETH/USDT' });
    await world.clock.advance(5_000);
    world.manager.rotate(FIRST);
    await world.clock.advance(afterMs);
    await gone.unsubscribe();
    await world.clock.advance(20_000);
    expect(world.publicConnections()).toEqual([SECOND]);
    await world.expectTruth();
    world.expectEveryTradeOnce();
    await world.close();
  });

  test.each([20, 300, 1_000])(
    'may rest: the exchange is disabled %d ms into it, and comes back',
    async (afterMs) => {
      const world = await RotationWorld.live({ dialects: { books: 'stream' } });
      world.manager.rotate(FIRST);
      await world.clock.advance(afterMs);
      const disabled = world.manager.disable();
      await world.clock.advance(5_000);
      await disabled;
      expect(world.exchange.connections.size).toBe(0);
      world.manager.enable();
      await world.clock.advance(30_000);
      await world.expectTruth();
      world.witness.expectNoTradeTwice();
      await world.close();
    },
  );

  test.each([0, 20, 300, 1_000])('may end with everything, %d ms into it', async (afterMs) => {
    const world = await RotationWorld.live();
    world.manager.rotate(FIRST);
    await world.clock.advance(afterMs);
    await world.close();
    expect(world.exchange.connections.size).toBe(0);
  });

  test.each([
    ['old', FIRST, 'overtaken'],
    ['fresh', SECOND, 'completed'],
  ])('stays whole when the user recycles the %s one meanwhile', async (_, connection, outcome) => {
    const world = await RotationWorld.live({ dialects: { books: 'stream' } });
    world.manager.rotate(FIRST);
    await world.clock.advance(30);
    expect(world.manager.recycle(connection)).toBe(true);
    await world.clock.advance(30_000);
    expect(world.witness.rotations).toMatchObject([{ outcome }]);
    expect(world.publicConnections()).toEqual([SECOND]);
    await world.expectTruth();
    world.witness.expectNoTradeTwice();
    await world.close();
  });

  test('keeps to the number of topics that was found out', async () => {
    const world = await RotationWorld.live({ hiddenTopicsPerConnection: 4 });
    const learnt = { learntTopicsPerConnection: 4, connections: 2, topics: 7 };
    expect(world.manager.endpoints()[0]).toMatchObject(learnt);
    for (const connection of world.publicConnections()) world.manager.rotate(connection);
    await world.clock.advance(20_000);
    expect(world.witness.rotations.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    expect(world.manager.endpoints()[0]).toMatchObject(learnt);
    await world.expectNothingNoticed();
    await world.close();
  });

  test('keeps variants of a book apart that cannot share a connection', async () => {
    const world = await RotationWorld.live({ dialects: { exclusiveBooks: true, books: 'stream' } });
    const [one = '', other = ''] = world.publicConnections();
    world.manager.rotate(one);
    world.manager.rotate(other);
    await world.clock.advance(30_000);
    expect(world.witness.rotations.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
    expect(world.publicConnections()).toHaveLength(2);
    await world.expectNothingNoticed();
    await world.close();
  });
});

describe('a fresh connection that does not come about', () => {
  /** Connections are to be replaced from the age of a minute on, and end at that of three. */
  const lifetimeMs = { documented: 180_000, safe: 60_000 };

  /** The old one served until its end, was then lost like any other, and all is well again. */
  async function expectOrdinaryEnd(world: RotationWorld, outcomes: string[]): Promise<void> {
    expect(new Set(world.witness.rotations.map(({ outcome }) => outcome))).toEqual(new Set(outcomes));
    await world.recover(120_000);
    await world.expectTruth();
    world.witness.expectNoTradeTwice();
    await world.close();
  }

  test('as handshakes are refused: the old one is not touched until its end', async () => {
    const world = await RotationWorld.live({ lifetimeMs, tuning: { rotationDeadlineMs: 20_000 } });
    const refusal = world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503 });
    await world.clock.advance(150_000);
    expect(world.subscriptionsOn(FIRST)).toHaveLength(ALL);
    expect(world.witness.statuses).toEqual([]);
    expect(world.witness.rotations[0]).toMatchObject({
      outcome: 'incomplete',
      obstacle: expect.stringContaining('http-status') as unknown,
    });
    await world.clock.advance(30_000);
    expect(world.witness.statuses.length).toBeGreaterThan(0);
    refusal.clear();
    await expectOrdinaryEnd(world, ['incomplete', 'overtaken']);
  });

  test('as its login is refused: the old one is not touched until its end', async () => {
    const world = await RotationWorld.live({ lifetimeMs, subscriptions: ACCOUNT });
    const refusal = world.exchange.faults.inject({ type: 'refuse-logins' });
    await world.clock.advance(150_000);
    expect(world.subscriptionsOn('lab/private/1')).toHaveLength(ACCOUNT.length);
    expect(world.witness.statuses).toEqual([]);
    const failed = world.witness.rotations.filter(({ from }) => from === 'lab/private/1');
    expect(failed[0]).toMatchObject({
      outcome: 'incomplete',
      obstacle: expect.stringContaining('wrong key') as unknown,
    });
    expect(refusal.hits).toBe(1);
    refusal.clear();
    world.manager.setCredentials({ key: 'lab-key', secret: 'lab-secret' });
    await world.clock.advance(60_000);
    await world.recover(120_000);
    await world.expectTruth();
    await world.close();
  });

  test('as topics are refused: those stay on the old one until its end', async () => {
    const world = await RotationWorld.live({ lifetimeMs });
    const refusal = world.exchange.faults.inject({ type: 'refuse-subscriptions', topic: 'trades:BTC-USDT' });
    await world.clock.advance(150_000);
    expect(world.witness.statuses).toEqual([]);
    expect(world.witness.rotations[0]).toMatchObject({
      outcome: 'incomplete',
      obstacle: expect.stringContaining('trades') as unknown,
    });
    expect(world.subscriptionsOn(FIRST).map(({ topic }) => topic)).toEqual(['trades:BTC-USDT']);
    refusal.clear();
    await world.clock.advance(60_000);
    await world.recover(120_000);
    await world.expectTruth();
    world.witness.expectNoTradeTwice();
    await world.close();
  });
});

/** Ids of the trades in the frames that a consumer of `RAW` is given. */
function follow(world: RotationWorld): { readonly ids: number[] } {
  const ids: number[] = [];
  world.stream.listen({ channel: 'raw' }, (event: MarketEvent) => {
    if (event.type !== 'raw') return;
    const { data } = JSON.parse(event.json) as { data: { id: string }[] };
    ids.push(...data.map(({ id }) => Number(id)));
  });
  return { ids };
}
