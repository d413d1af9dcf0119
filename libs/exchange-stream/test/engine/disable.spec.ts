import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

async function settle(world: FakeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) await world.clock.advance(0);
}

async function connected(): Promise<FakeWorld> {
  const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT'), trades('ETH/USDT')] });
  (await world.connect()).ackAll();
  return world;
}

/** Opens what was dialled last, and confirms what is asked there. */
async function accept(world: FakeWorld): Promise<void> {
  world.socket.accept();
  await settle(world);
  world.socket.ackAll();
}

const states = (world: FakeWorld): string[] => world.stream.subscriptions().map(({ state }) => state);

describe('an exchange that is disabled', () => {
  test('closes its connections with a handshake and keeps what is wanted', async () => {
    const world = await connected();
    const { socket } = world;
    const disabled = world.stream.disable('fake');
    await settle(world);
    await disabled;
    expect(socket.closed).toBe(true);
    expect(world.stream.connections()).toEqual([]);
    for (const view of world.stream.subscriptions())
      expect(view).toMatchObject({
        state: 'inactive',
        data: 'stale',
        reason: 'the exchange is disabled by the user',
      });
    expect(world.stream.isEnabled('fake')).toBe(false);
    expect(world.clock.pending).toBe(0);
    await world.clock.advance(600_000);
    expect(world.sockets).toHaveLength(1);
  });

  test('takes wishes meanwhile, and meets them all once it is enabled', async () => {
    const world = await connected();
    void world.stream.disable('fake');
    await settle(world);
    world.stream.subscribe(trades('SOL/USDT'));
    expect(states(world)).toEqual(['inactive', 'inactive', 'inactive']);
    world.stream.enable('fake');
    expect(states(world)).toEqual(['resubscribing', 'resubscribing', 'subscribing']);
    await settle(world);
    await accept(world);
    expect(states(world)).toEqual(['subscribed', 'subscribed', 'subscribed']);
    expect(world.sockets).toHaveLength(2);
    expect(world.lifecycle.filter(({ type }) => type === 'illegal-transition')).toEqual([]);
  });

  test('may be enabled while its old connections are still closing', async () => {
    const world = await connected();
    const { socket } = world;
    socket.answersClose = false;
    const disabled = world.stream.disable('fake');
    world.stream.enable('fake');
    await settle(world);
    await accept(world);
    expect(states(world)).toEqual(['subscribed', 'subscribed']);
    await world.clock.advance(5_000);
    await disabled;
    expect(world.stream.connections().map(({ id, state }) => [id, state])).toEqual([
      ['fake/public/2', 'open'],
    ]);
  });

  test('does not mind being told twice', async () => {
    const world = await connected();
    const both = Promise.all([world.stream.disable('fake'), world.stream.disable('fake')]);
    await settle(world);
    await both;
    world.stream.enable('fake');
    world.stream.enable('fake');
    await settle(world);
    expect(world.sockets).toHaveLength(2);
  });

  test('is not talked to at the start, by REST neither', async () => {
    let asked = 0;
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const { respond } = world;
    world.respond = (request) => {
      asked++;
      return respond(request);
    };
    await world.stream.disable('fake');
    world.stream.start();
    await world.clock.advance(60_000);
    expect([asked, world.sockets.length, world.clock.pending]).toEqual([0, 0, 0]);
    world.stream.enable('fake');
    await settle(world);
    expect([asked, world.sockets.length]).toEqual([1, 1]);
  });

  test('stops asking for its instruments, and asks again once it is enabled', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const { respond } = world;
    world.respond = () => Promise.reject(new Error('away'));
    world.stream.start();
    await settle(world);
    await world.stream.disable('fake');
    expect(world.clock.pending).toBe(0);
    world.respond = respond;
    world.stream.enable('fake');
    await settle(world);
    expect(world.sockets).toHaveLength(1);
  });

  test('has what waits for REST withdrawn, and what is under way ended', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const adapter = fakeAdapter();
    const world = new FakeWorld({
      ...adapter,
      rest: { ...adapter.rest, requests: { documented: 1, safe: 1, windowMs: 60_000 } },
    });
    world.respond = ({ signal }) => {
      signals.push(signal);
      return new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('ended'))),
      );
    };
    world.stream.start();
    await settle(world);
    // This one waits for the budget.
    world.stream.manager('fake').setEnvironment('testnet');
    await settle(world);
    await world.stream.disable('fake');
    await settle(world);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect(world.clock.pending).toBe(0);
    await world.clock.advance(120_000);
    expect(signals).toHaveLength(1);
    expect(world.lifecycle.filter(({ type }) => type === 'instruments-failed')).toEqual([]);
    world.stream.enable('fake');
    await settle(world);
    expect(signals.map((signal) => signal?.aborted)).toEqual([true, false]);
  });

  test('costs no subscription its share of time live', async () => {
    const world = await connected();
    await world.clock.advance(1_000);
    void world.stream.disable('fake');
    await world.clock.advance(600_000);
    world.stream.subscribe(trades('SOL/USDT'));
    await world.clock.advance(600_000);
    const shares = (): unknown[] =>
      world.stream.subscriptions().map(({ wantedMs, liveShare }) => [wantedMs, liveShare]);
    expect(shares()).toEqual([
      [1_000, 1],
      [1_000, 1],
      [0, undefined],
    ]);
    world.stream.enable('fake');
    await world.clock.advance(1_000);
    expect(shares()).toEqual([
      [2_000, 0.5],
      [2_000, 0.5],
      [1_000, 0],
    ]);
  });

  test('has nothing left of that to say once it is enabled, while it waits for the instruments', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    await world.stream.disable('fake');
    world.stream.start();
    world.respond = () => new Promise(() => undefined);
    world.stream.enable('fake');
    await settle(world);
    expect(world.stream.subscriptions()).toMatchObject([
      { state: 'inactive', reason: 'waiting for the instruments of the exchange' },
    ]);
    await world.stream.close();
  });

  test('says so, once each time', async () => {
    const world = await connected();
    for (let round = 0; round < 2; round++) void world.stream.disable('fake');
    for (let round = 0; round < 2; round++) world.stream.enable('fake');
    await settle(world);
    expect(world.lifecycle.filter(({ type }) => type === 'exchange')).toEqual([
      { type: 'exchange', exchange: 'fake', change: 'disabled' },
      { type: 'exchange', exchange: 'fake', change: 'enabled' },
    ]);
  });

  test('can be closed, and is neither enabled nor disabled afterwards', async () => {
    const world = await connected();
    void world.stream.disable('fake');
    const closing = world.stream.close();
    await settle(world);
    await closing;
    world.stream.enable('fake');
    await world.stream.disable('fake');
    await settle(world);
    expect([world.sockets.length, world.clock.pending]).toEqual([1, 0]);
  });

  test('is alone in it', async () => {
    const other = { ...fakeAdapter(), exchange: 'other' };
    const world = new FakeWorld(fakeAdapter(), {
      exchanges: [fakeAdapter(), other],
      subscriptions: [trades('BTC/USDT'), { ...trades('BTC/USDT'), exchange: 'other' }],
    });
    world.stream.start();
    await settle(world);
    for (const socket of world.sockets) socket.accept();
    await settle(world);
    for (const socket of world.sockets) socket.ackAll();
    void world.stream.disable('fake');
    await settle(world);
    expect(world.stream.subscriptions().map(({ exchange, state, data }) => [exchange, state, data])).toEqual([
      ['fake', 'inactive', 'stale'],
      ['other', 'subscribed', 'live'],
    ]);
  });
});
