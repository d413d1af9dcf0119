import type { EngineTuning } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const states = (world: FakeWorld): string[] =>
  world.lifecycle.flatMap((event) => (event.type === 'connection' ? [event.connection.state] : []));

/** A world with one confirmed subscription on one open socket. */
async function connected(tuning: EngineTuning = {}): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')], tuning });
  const socket = await world.connect();
  socket.ackAll();
  return { world, socket };
}

/** Opens the socket that the engine has dialled anew, and confirms what it asks for. */
async function reconnected(world: FakeWorld): Promise<FakeSocket> {
  const { socket } = world;
  socket.accept();
  await world.clock.advance(0);
  socket.ackAll();
  return socket;
}

describe('a connection', () => {
  test('is opened when something needs it, and walks through its states', async () => {
    const world = new FakeWorld();
    world.stream.start();
    await world.clock.advance(1_000);
    expect(world.sockets).toHaveLength(0);
    world.stream.subscribe(trades('BTC/USDT'));
    await world.clock.advance(0);
    world.socket.accept();
    expect(states(world)).toEqual(['connecting', 'open']);
    expect(world.socket.url).toBe('wss://one.test/stream');
  });

  test('gives up a handshake that takes too long, and tries the next URL', async () => {
    const world = new FakeWorld(fakeAdapter(), {
      subscriptions: [trades('BTC/USDT')],
      tuning: { handshakeTimeoutMs: 2_000 },
    });
    world.stream.start();
    await world.clock.advance(2_000);
    expect(world.stream.connections()[0]).toMatchObject({
      state: 'waiting',
      reason: 'no open socket within 2000 ms',
    });
    await world.clock.advance(1_000);
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://one.test/stream', 'wss://two.test/stream']);
  });

  test('tells why it was refused', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    world.stream.start();
    await world.clock.advance(0);
    world.socket.end(1006, new Error('connect ECONNREFUSED'));
    expect(world.stream.connections()[0]).toMatchObject({
      state: 'waiting',
      reason: 'connect ECONNREFUSED',
      attempts: 1,
    });
  });

  test('waits longer with every failure, without end, and never beyond the connect budget', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] }, { next: () => 0 });
    world.stream.start();
    for (let second = 0; second < 600; second++) {
      await world.clock.advance(1_000);
      for (const socket of world.sockets) socket.end(1006);
    }
    const opened = world.sockets.map(({ openedAt }) => openedAt);
    expect(opened.length).toBeGreaterThan(40);
    for (const at of opened) {
      expect(opened.filter((other) => other > at - 60_000 && other <= at).length).toBeLessThanOrEqual(5);
    }
  });

  test('forgets its failures only after it has held for a while', async () => {
    const { world } = await connected({ healthyAfterMs: 10_000 });
    for (const [holdMs, attempts] of [
      [1_000, 1],
      [1_000, 2],
      [12_000, 1],
    ] as const) {
      const { socket } = world;
      for (let heldMs = 0; heldMs < holdMs; heldMs += 1_000) {
        await world.clock.advance(1_000);
        socket.handlers.onPong();
      }
      socket.end(1006);
      expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting', attempts });
      await world.clock.advance(2_000);
      await reconnected(world);
    }
  });

  test('pings, and is given up when nothing comes back', async () => {
    const { world, socket } = await connected();
    await world.clock.advance(14_999);
    expect(socket.pings).toBe(2);
    expect(world.stream.connections()[0]?.state).toBe('open');
    await world.clock.advance(1);
    expect(world.stream.connections()[0]).toMatchObject({
      state: 'waiting',
      reason: 'no sign of life for 15000 ms',
    });
  });

  test('takes any traffic for a sign of life', async () => {
    const { world, socket } = await connected();
    for (let second = 0; second < 60; second += 4) {
      await world.clock.advance(4_000);
      socket.handlers.onPing(Buffer.from('1'));
    }
    expect(world.sockets).toHaveLength(1);
    expect(world.stream.connections()[0]?.state).toBe('open');
  });

  test('answers each ping with what it carried, as long as it is open', async () => {
    const { world, socket } = await connected();
    socket.handlers.onPing(Buffer.from('first'));
    await world.clock.advance(5_000);
    socket.handlers.onPing(Buffer.from(''));
    expect(socket.pongs).toEqual(['first', '']);
    void world.stream.close();
    socket.handlers.onPing(Buffer.from('late'));
    expect(socket.pongs).toEqual(['first', '']);
  });

  test('is given up when it brings no data, though pings are answered, and more patiently each time that did not help', async () => {
    const { world } = await connected({ trafficTimeoutMs: 20_000 });
    world.socket.push({ topic: 'trades.BTCUSDT', id: 'first', price: '1' });
    const lostAt: number[] = [];
    world.stream.onLifecycle((event) => {
      if (event.type === 'connection' && event.connection.reason.startsWith('no data for')) {
        lostAt.push(world.clock.monotonic());
      }
    });
    for (let second = 0; second < 150; second++) {
      await world.clock.advance(1_000);
      world.socket.handlers.onPong();
      if (world.stream.connections()[0]?.state === 'connecting') await reconnected(world);
    }
    const [first = 0, second = 0, third = 0] = lostAt;
    expect(first).toBe(20_000);
    expect(Math.round((second - first) / 10_000)).toBe(4);
    expect(Math.round((third - second) / 10_000)).toBe(8);
    // A market that has become busy is judged by its own pace again.
    for (let id = 0; id < 100; id++)
      world.socket.push({ topic: 'trades.BTCUSDT', id: String(id), price: '1' });
    await world.clock.advance(14_000);
    world.socket.handlers.onPong();
    await world.clock.advance(6_000);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting', reason: 'no data for 20000 ms' });
  });

  test('is left alone on a quiet market, once its pauses are known', async () => {
    const { world } = await connected({ trafficTimeoutMs: 20_000 });
    for (let second = 0; second < 1_800; second++) {
      await world.clock.advance(1_000);
      world.socket.handlers.onPong();
      if (world.stream.connections()[0]?.state === 'connecting') await reconnected(world);
      if (second % 30 === 0) world.socket.push({ topic: 'trades.BTCUSDT', id: String(second), price: '1' });
    }
    expect(world.sockets).toHaveLength(2);
  });

  test('ignores whatever a socket says after it was given up', async () => {
    const { world, socket: first } = await connected();
    await world.clock.advance(16_000);
    const second = await reconnected(world);
    expect(second).not.toBe(first);
    const before = world.stream.manager('fake').counters().frames;
    first.push({ topic: 'trades.BTCUSDT', id: '1', price: '1' });
    first.handlers.onClose(1000, '');
    expect(world.stream.manager('fake').counters().frames).toBe(before);
    expect(world.stream.connections()[0]?.state).toBe('open');
  });

  test('is replaced before it ends when the exchange announces that it closes', async () => {
    const { world, socket } = await connected();
    socket.push({ closing: 'maintenance' });
    await world.clock.advance(0);
    expect(world.stream.connections().map(({ state }) => state)).toEqual(['open', 'connecting']);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    await world.clock.advance(5_000);
    expect(world.stream.connections()).toMatchObject([{ id: 'fake/public/2', state: 'open' }]);
    expect(socket.closed).toBe(true);
  });

  test('closes with a handshake', async () => {
    const { world, socket } = await connected();
    const closing = world.stream.close();
    await world.clock.advance(0);
    await closing;
    expect(socket.closed).toBe(true);
    expect(states(world).slice(-2)).toEqual(['draining', 'closed']);
    expect(world.clock.pending).toBe(0);
  });

  test('is cut when the exchange never answers the close, and no timer stays', async () => {
    const { world, socket } = await connected({ closeDeadlineMs: 700 });
    socket.answersClose = false;
    let closed = false;
    void world.stream.close().then(() => (closed = true));
    await world.clock.advance(699);
    expect(closed).toBe(false);
    await world.clock.advance(1);
    expect(closed).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  test.each(['before the instruments are there', 'while dialling', 'while waiting'])(
    'can be closed %s',
    async (when) => {
      const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
      world.stream.start();
      if (when !== 'before the instruments are there') await world.clock.advance(0);
      if (when === 'while waiting') world.socket.end(1006);
      await world.stream.close();
      await world.clock.advance(0);
      expect(world.clock.pending).toBe(0);
    },
  );
});
