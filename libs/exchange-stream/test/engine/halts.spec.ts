import type { FakeSocket } from './fake-exchange.ts';
import { fakeAdapter, FakeWorld, trades } from './fake-exchange.ts';
import { PacedWorld } from './paced-exchange.ts';

const connected = async (...symbols: string[]): Promise<{ world: FakeWorld; socket: FakeSocket }> => {
  const world = new FakeWorld();
  for (const symbol of symbols) world.stream.subscribe(trades(symbol));
  const socket = await world.connect();
  socket.ackAll();
  return { world, socket };
};

const statuses = (world: FakeWorld): string[] => {
  const told: string[] = [];
  world.stream.listen({}, (event) => {
    told.push(event.type === 'status' ? `${event.symbol} ${event.state}` : `${event.symbol} ${event.type}`);
  });
  told.splice(0);
  return told;
};

const closed = async (world: FakeWorld): Promise<void> => {
  const closing = world.stream.close();
  await world.clock.advance(10_000);
  await closing;
  expect(world.clock.pending).toBe(0);
};

describe('an exchange that pauses on a connection', () => {
  test('is asked for nothing but signs of life until it resumes, and then for everything', async () => {
    const { world, socket } = await connected('BTC/USDT', 'ETH/USDT');
    const told = statuses(world);
    socket.push({ pause: 'maintenance' });
    expect(told).toEqual(['BTC/USDT halted', 'ETH/USDT halted']);
    world.stream.subscribe(trades('SOL/USDT'));
    await world.clock.advance(500_000);
    expect(socket).toMatchObject({ sent: [], pings: 100, closed: false });
    expect(world.stream.connections()).toMatchObject([
      { state: 'open', reason: 'paused by the exchange: maintenance' },
    ]);
    told.splice(0);
    socket.push({ resume: 'done' });
    await world.clock.advance(0);
    expect(socket.sent.map(({ op, topics }) => [op, topics])).toEqual([
      ['sub', ['trades.BTCUSDT', 'trades.ETHUSDT', 'trades.SOLUSDT']],
    ]);
    expect(world.stream.subscriptions()[0]).toMatchObject({ state: 'resubscribing', data: 'syncing' });
    socket.ackAll();
    expect(told).toContain('BTC/USDT gap');
    expect(world.stream.subscriptions().map(({ data }) => data)).toEqual(['live', 'live', 'live']);
    await closed(world);
  });

  test('is left by and by all the same, where a fresh connection was to take over before', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ pause: 'maintenance' });
    // Later, as nothing can be taken over from a connection that brings nothing.
    expect(world.stream.manager('fake').rotate('fake/public/1')).toBe(true);
    socket.push({ resume: 'done' });
    await world.clock.advance(5_000);
    socket.push({ pause: 'more maintenance' });
    await world.clock.advance(1_000);
    socket.push({ resume: 'done' });
    await world.clock.advance(0);
    socket.ackAll();
    for (let second = 0; second < 40 && world.sockets.length === 1; second++) {
      await world.clock.advance(1_000);
      socket.handlers.onPong();
    }
    expect([world.sockets.length, socket.closed]).toEqual([2, false]);
    await closed(world);
  });

  test('for too long is left for a fresh connection', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ pause: 'maintenance' });
    await world.clock.advance(600_001);
    expect(world.stream.connections()[0]?.state).not.toBe('open');
    expect(world.stream.subscriptions()[0]).toMatchObject({ state: 'resubscribing', data: 'stale' });
    await world.clock.advance(10_000);
    expect(world.sockets).toHaveLength(2);
    await closed(world);
  });
});

describe('a market that the exchange has stopped', () => {
  test('is halted, and no other is', async () => {
    const { world, socket } = await connected('BTC/USDT', 'ETH/USDT');
    const told = statuses(world);
    socket.push({ halt: 'BTCUSDT' });
    expect(world.stream.subscriptions()).toMatchObject([
      { state: 'subscribed', data: 'halted', reason: 'auction' },
      { state: 'subscribed', data: 'live' },
    ]);
    socket.push({ open: 'BTCUSDT' });
    socket.push({ topic: 'trades.BTCUSDT', id: '7', price: '5' });
    // It was subscribed all the time: nothing has been missed.
    expect(told).toEqual(['BTC/USDT halted', 'BTC/USDT syncing', 'BTC/USDT live', 'BTC/USDT trade']);
    await closed(world);
  });

  test('is halted for who comes later, and after a reconnect', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ halt: 'ETHUSDT' });
    const late = world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(1_000);
    socket.ackAll();
    expect(late.view()).toMatchObject({ state: 'subscribed', data: 'halted' });
    socket.end(1006);
    expect(late.view().data).toBe('stale');
    await world.clock.advance(5_000);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    expect(late.view()).toMatchObject({ state: 'subscribed', data: 'halted' });
    await closed(world);
  });

  /** Lets time pass in which every ping is answered. */
  const passes = async (world: FakeWorld, ms: number): Promise<void> => {
    for (let passedMs = 0; passedMs < ms; passedMs += 4_000) {
      await world.clock.advance(4_000);
      world.socket.handlers.onPong();
    }
  };

  const reconnected = async (world: FakeWorld): Promise<void> => {
    world.socket.end(1006);
    await world.clock.advance(5_000);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
  };

  test('is not believed to be halted for ever when nobody is left to tell of its end', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ halt: 'BTCUSDT' });
    await world.clock.advance(3_000);
    await reconnected(world);
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    await passes(world, 52_000);
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    await passes(world, 4_000);
    expect(world.stream.subscriptions()[0]).toMatchObject({ state: 'subscribed', data: 'live' });
    await closed(world);
  });

  test('is open as soon as data flows, when nobody is left to tell', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ halt: 'BTCUSDT' });
    // Somebody is: what comes now is late, and ends nothing.
    socket.push({ topic: 'trades.BTCUSDT', id: '7', price: '5' });
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    await reconnected(world);
    world.socket.push({ topic: 'trades.BTCUSDT', id: '8', price: '5' });
    expect(world.stream.subscriptions()[0]?.data).toBe('live');
    await closed(world);
  });

  test('stays halted when the exchange says so again', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ halt: 'BTCUSDT' });
    await reconnected(world);
    world.socket.push({ halt: 'BTCUSDT' });
    await passes(world, 240_000);
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    await closed(world);
  });

  test('that the exchange merely lists as stopped is halted until data comes', async () => {
    const adapter = fakeAdapter();
    const { instruments } = adapter.rest;
    const world = new FakeWorld(
      {
        ...adapter,
        rest: {
          ...adapter.rest,
          instruments: {
            ...instruments,
            parse: (...body) => instruments.parse(...body).map((listed) => ({ ...listed, status: 'halted' })),
          },
        },
      },
      { tuning: { instrumentsRefreshMs: 60_000 } },
    );
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    expect(world.stream.subscriptions()[0]).toMatchObject({
      state: 'subscribed',
      data: 'halted',
    });
    // Listed so twice more.
    await passes(world, 132_000);
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    socket.push({ topic: 'trades.BTCUSDT', id: '7', price: '5' });
    expect(world.stream.subscriptions()[0]?.data).toBe('live');
    await closed(world);
  });

  test('is halted when the list says so for the first time, until data comes', async () => {
    const adapter = fakeAdapter();
    const { instruments } = adapter.rest;
    let status: 'trading' | 'halted' = 'trading';
    const listed = {
      ...instruments,
      parse: (...body: Parameters<typeof instruments.parse>) =>
        instruments.parse(...body).map((instrument) => ({ ...instrument, status })),
    };
    const world = new FakeWorld(
      { ...adapter, rest: { ...adapter.rest, instruments: listed } },
      { tuning: { instrumentsRefreshMs: 60_000 } },
    );
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    socket.push({ topic: 'trades.BTCUSDT', id: '7', price: '5' });
    status = 'halted';
    await passes(world, 70_000);
    expect(world.stream.subscriptions()[0]).toMatchObject({
      data: 'halted',
      reason: 'the exchange lists BTCUSDT as halted',
    });
    socket.push({ topic: 'trades.BTCUSDT', id: '8', price: '5' });
    await passes(world, 132_000);
    expect(world.stream.subscriptions()[0]?.data).toBe('live');
    await closed(world);
  });

  test('that has opened is open after a reconnect, too', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ halt: 'BTCUSDT' });
    socket.push({ open: 'BTCUSDT' });
    const handle = world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(1_000);
    socket.ackAll();
    // Asked for anew by the registry, it is told again what is known of its market.
    const told = statuses(world);
    void world.stream.disable('fake');
    world.stream.enable('fake');
    await world.clock.advance(1_000);
    world.socket.accept();
    await world.clock.advance(1_000);
    world.socket.ackAll();
    expect(told.filter((line) => line.includes('halted'))).toEqual([]);
    expect(world.stream.subscriptions()[0]).toMatchObject({ symbol: 'BTC/USDT', data: 'live' });
    await handle.unsubscribe();
    await closed(world);
  });

  test('is believed as long as one of those who told of it is there', async () => {
    const world = new FakeWorld(fakeAdapter({ topicsPerConnection: 1 }));
    for (const symbol of ['BTC/USDT', 'ETH/USDT']) world.stream.subscribe(trades(symbol));
    world.stream.start();
    await world.clock.advance(0);
    for (const socket of world.sockets) socket.accept();
    await world.clock.advance(0);
    const [first, second] = world.sockets;
    for (const socket of world.sockets) {
      socket.ackAll();
      socket.push({ halt: 'BTCUSDT' });
    }
    second?.end(1006);
    // Late, and no proof against the word of the exchange.
    first?.push({ topic: 'trades.BTCUSDT', id: '7', price: '5' });
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    first?.end(1006);
    await world.clock.advance(1_000);
    for (const socket of world.sockets.slice(2)) socket.accept();
    await world.clock.advance(0);
    for (const socket of world.sockets.slice(2)) {
      socket.ackAll();
      socket.push({ topic: 'trades.BTCUSDT', id: '8', price: '5' });
    }
    expect(world.stream.subscriptions()[0]?.data).toBe('live');
    await closed(world);
  });

  test('is doubted when nothing of it is subscribed any more where that was told', async () => {
    const { world, socket } = await connected('BTC/USDT', 'ETH/USDT');
    const handle = world.stream.subscribe(trades('SOL/USDT'));
    await world.clock.advance(1_000);
    socket.ackAll();
    socket.push({ halt: 'SOLUSDT' });
    await handle.unsubscribe();
    await world.clock.advance(1_000);
    socket.ackAll();
    const later = world.stream.subscribe(trades('SOL/USDT'));
    await world.clock.advance(1_000);
    socket.ackAll();
    expect(later.view()).toMatchObject({ state: 'subscribed', data: 'halted' });
    socket.push({ topic: 'trades.SOLUSDT', id: '7', price: '5' });
    expect(later.view().data).toBe('live');
    await closed(world);
  });

  test('is open by the word of the list when nobody is left to tell, and not against the word of who is', async () => {
    const world = new FakeWorld(fakeAdapter(), { tuning: { instrumentsRefreshMs: 60_000 } });
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    socket.push({ halt: 'BTCUSDT' });
    // Listed as trading three times meanwhile, and once more soon after the loss.
    await passes(world, 224_000);
    expect(world.stream.subscriptions()[0]?.data).toBe('halted');
    await reconnected(world);
    await passes(world, 12_000);
    expect(world.stream.subscriptions()[0]).toMatchObject({
      data: 'live',
      reason: 'the exchange lists BTCUSDT as trading',
    });
    await closed(world);
  });

  test('is not found silent, and is live again with its data', async () => {
    const world = new PacedWorld(['ticker', 'trades']);
    await world.run(5_000);
    world.takeAsked();
    world.isSilent = () => true;
    world.socket.push({ halt: 'BTCUSDT' });
    await world.run(3_600_000);
    expect(world.view('ticker')).toMatchObject({ data: 'halted', counters: { resubscribes: 0 } });
    expect(world.takeAsked()).toEqual([]);
    world.isSilent = () => false;
    world.socket.push({ open: 'BTCUSDT' });
    expect(world.view('ticker').data).toBe('syncing');
    await world.run(2_000);
    expect(world.view('ticker').data).toBe('live');
  });

  test('costs the connection nothing when it is the only one there', async () => {
    const { world, socket } = await connected('BTC/USDT');
    socket.push({ halt: 'BTCUSDT' });
    for (let minute = 0; minute < 60; minute++) {
      await world.clock.advance(4_000);
      socket.handlers.onPong();
    }
    expect(socket.closed).toBe(false);
    socket.push({ open: 'BTCUSDT' });
    await closed(world);
  });
});
