import { HandshakeError, InvalidOptionsError, type LifecycleEvent } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const CANARY = 'c4n4ry';

async function connected(
  options: ConstructorParameters<typeof FakeWorld>[1] = {},
): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')], ...options });
  const socket = await world.connect();
  socket.ackAll();
  return { world, socket };
}

/** Longer than it takes a quiet market to go over to a fresh connection. */
const HANDOVER_MS = 3_000;

/** Lets the engine dial, opens what it dialled, and lets it ask for its topics. */
async function moved(world: FakeWorld): Promise<FakeSocket> {
  await world.clock.advance(0);
  world.socket.accept();
  await world.clock.advance(0);
  world.socket.ackAll();
  return world.socket;
}

/** Time in which the far ends show that they live. */
async function pass(world: FakeWorld, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await world.clock.advance(1_000);
    for (const { accepted, closed, handlers } of world.sockets) if (accepted && !closed) handlers.onPong();
  }
}

const rotationsOf = (world: FakeWorld): LifecycleEvent[] =>
  world.lifecycle.filter(({ type }) => type === 'rotation');
const urls = (world: FakeWorld): string[] => world.sockets.map(({ url }) => url);
const stateOf = (world: FakeWorld): unknown =>
  world.stream.subscriptions().map(({ symbol, state }) => `${symbol} ${state}`);

describe('the way to an exchange', () => {
  test('leads through the proxy of its settings, else through the common one, for sockets and REST', async () => {
    const asked: (string | undefined)[] = [];
    for (const [own, used] of [
      [undefined, 'http://common.test'],
      ['socks5://own.test', 'socks5://own.test'],
      ['direct', undefined],
    ] as const) {
      const world = new FakeWorld(fakeAdapter(), {
        subscriptions: [trades('BTC/USDT')],
        proxy: 'http://common.test',
        settings: { fake: { ...(own && { proxy: own }) } },
      });
      world.respond = ({ proxy }) => {
        asked.push(proxy);
        return Promise.resolve({ status: 200, headers: {}, body: '["BTC/USDT"]' });
      };
      const socket = await world.connect();
      expect([socket.options.proxy, asked.at(-1)]).toEqual([used, used]);
      await Promise.all([world.stream.close(), world.clock.advance(0)]);
    }
  });

  test('changes when another proxy is set, and only where it matters: the old connection stays until the new one is ready', async () => {
    const { world, socket } = await connected({ proxy: 'http://one.test' });
    world.stream.setProxy('http://one.test');
    await world.clock.advance(0);
    expect(world.sockets).toHaveLength(1);
    world.stream.setProxy(`http://me:${CANARY}@two.test:8080`);
    const fresh = await moved(world);
    expect(fresh.options.proxy).toBe(`http://me:${CANARY}@two.test:8080`);
    expect(socket.closed).toBe(false);
    expect(world.stream.connections()).toMatchObject([
      { id: 'fake/public/1', state: 'open', proxy: 'one.test:80' },
      { id: 'fake/public/2', state: 'open', proxy: 'two.test:8080' },
    ]);
    await world.clock.advance(HANDOVER_MS);
    expect([socket.closed, fresh.closed]).toEqual([true, false]);
    expect(world.stream.connections()).toMatchObject([{ id: 'fake/public/2', proxy: 'two.test:8080' }]);
    expect(stateOf(world)).toEqual(['BTC/USDT subscribed']);
    expect(rotationsOf(world)).toMatchObject([{ outcome: 'completed', reason: 'another proxy was set' }]);
    expect(JSON.stringify([world.lifecycle, world.stream.connections()])).not.toContain(CANARY);
    await Promise.all([world.stream.close(), world.clock.advance(0)]);
    expect(world.clock.pending).toBe(0);
  });

  test.each(['while dialling', 'while it waits to dial again'])('changes %s, too', async (when) => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    world.stream.start();
    await world.clock.advance(0);
    if (when === 'while it waits to dial again') world.socket.end(1006);
    world.stream.manager('fake').setProxy('http://two.test');
    await world.clock.advance(0);
    expect(world.sockets).toHaveLength(2);
    expect(world.socket.options.proxy).toBe('http://two.test');
  });

  test('does not wake a connection that is closing', async () => {
    const { world, socket } = await connected();
    socket.answersClose = false;
    const closing = world.stream.close();
    expect(() => world.stream.setProxy('http://two.test')).toThrow('closed');
    expect(() => world.stream.manager('fake').setProxy('http://two.test')).toThrow('closed');
    await world.clock.advance(10_000);
    await closing;
    expect([world.sockets.length, world.clock.pending]).toEqual([1, 0]);
  });

  test('moves to other URLs, the connections that they are for', async () => {
    const { world } = await connected();
    const manager = world.stream.manager('fake');
    manager.setUrls({ rest: 'https://elsewhere.test' });
    await world.clock.advance(0);
    expect(world.sockets).toHaveLength(1);
    manager.setUrls({ public: ['wss://a.test/', 'wss://b.test'] });
    await moved(world);
    expect(urls(world).at(-1)).toBe('wss://a.test/stream');
    await world.clock.advance(HANDOVER_MS);
    manager.setUrls({});
    await moved(world);
    expect(urls(world).at(-1)).toBe('wss://one.test/stream');
  });

  test('stays as it is when the new one fails, which is told; the connection goes it once it works', async () => {
    const { world, socket } = await connected({ tuning: { rotationDeadlineMs: 5_000 } });
    const manager = world.stream.manager('fake');
    manager.setProxy(`http://me:${CANARY}@dead.test`);
    await world.clock.advance(0);
    world.socket.end(1006, new HandshakeError('refused', 'the proxy dead.test:80 refused the connection'));
    await world.clock.advance(5_000);
    expect(rotationsOf(world)).toMatchObject([
      { outcome: 'incomplete', obstacle: expect.stringContaining('(refused)') as unknown },
    ]);
    expect(world.stream.connections()).toMatchObject([{ id: 'fake/public/1', state: 'open' }]);
    socket.push({ topic: 'trades.BTC/USDT', id: '7', price: '1' });
    expect(world.stream.subscriptions()).toMatchObject([{ data: 'live', connection: 'fake/public/1' }]);
    const dialled = world.sockets.length;
    while (world.sockets.length === dialled) await pass(world, 1);
    await moved(world);
    await world.clock.advance(HANDOVER_MS);
    expect(socket.closed).toBe(true);
    expect(rotationsOf(world)).toMatchObject([{ outcome: 'incomplete' }, { outcome: 'completed' }]);
    expect(JSON.stringify([world.lifecycle, world.stream.connections()])).not.toContain(CANARY);
    await Promise.all([world.stream.close(), world.clock.advance(0)]);
    expect(world.clock.pending).toBe(0);
  });

  test('is not tried again when it is the old one again', async () => {
    const { world, socket } = await connected({ tuning: { rotationDeadlineMs: 5_000 } });
    const manager = world.stream.manager('fake');
    manager.setProxy('http://dead.test');
    await world.clock.advance(5_000);
    expect(rotationsOf(world)).toMatchObject([{ outcome: 'incomplete' }]);
    manager.setProxy('direct');
    const dialled = world.sockets.length;
    await pass(world, 60);
    expect([world.sockets.length, socket.closed]).toEqual([dialled, false]);
    await Promise.all([world.stream.close(), world.clock.advance(0)]);
    expect(world.clock.pending).toBe(0);
  });

  test('changes again while a connection goes over: the one that comes about takes the newest', async () => {
    const { world, socket } = await connected();
    const manager = world.stream.manager('fake');
    manager.setProxy('http://two.test');
    await moved(world);
    manager.setProxy('http://three.test');
    const third = await moved(world);
    expect(third.options.proxy).toBe('http://three.test');
    await world.clock.advance(HANDOVER_MS);
    expect(world.stream.connections()).toMatchObject([{ id: 'fake/public/2', proxy: 'three.test:80' }]);
    expect([socket.closed, third.closed]).toEqual([true, false]);
  });

  test('takes the next URL after a failure, and the preferred one after each healthy period', async () => {
    const { world, socket } = await connected({ tuning: { healthyAfterMs: 10_000, backoffInitialMs: 1 } });
    socket.end(1006);
    await world.clock.advance(5);
    await moved(world);
    expect(urls(world)).toEqual(['wss://one.test/stream', 'wss://two.test/stream']);
    await pass(world, 11);
    world.socket.end(1006);
    await world.clock.advance(5);
    expect(urls(world).at(-1)).toBe('wss://one.test/stream');
  });

  test('leads to another environment, whose instruments decide what can be subscribed there', async () => {
    const { world } = await connected({ subscriptions: [trades('BTC/USDT'), trades('SOL/USDT')] });
    const manager = world.stream.manager('fake');
    world.symbols = ['BTC/USDT', 'TEST/USDT'];
    manager.setEnvironment('testnet');
    await moved(world);
    expect(urls(world).at(-1)).toBe('wss://testnet.test/stream');
    expect(manager.exchangeEnvironment).toBe('testnet');
    expect(stateOf(world)).toEqual(['BTC/USDT subscribed', 'SOL/USDT failed']);
    expect(manager.instruments.list().map(({ symbol }) => symbol)).toEqual(['BTC/USDT', 'TEST/USDT']);
    world.symbols = ['BTC/USDT', 'SOL/USDT'];
    manager.setEnvironment('live');
    await moved(world);
    await world.clock.advance(2_000);
    world.socket.ackAll();
    expect(stateOf(world)).toEqual(['BTC/USDT subscribed', 'SOL/USDT subscribed']);
    await Promise.all([world.stream.close(), world.clock.advance(0)]);
    expect(world.clock.pending).toBe(0);
  });

  test('forgets what another environment listed, at once and while the exchange is disabled', async () => {
    const { world } = await connected({
      subscriptions: [trades('BTC/USDT'), { exchange: 'fake', channel: 'trades', symbols: 'all' }],
    });
    const manager = world.stream.manager('fake');
    await Promise.all([manager.disable(), world.clock.advance(0)]);
    manager.setEnvironment('testnet');
    world.symbols = ['BTC/USDT', 'TEST/USDT'];
    const opened = world.sockets.length;
    let answer = (): void => undefined;
    world.respond = () =>
      new Promise((resolve) => {
        answer = () => resolve({ status: 200, headers: {}, body: JSON.stringify(world.symbols) });
      });
    manager.enable();
    await world.clock.advance(0);
    expect(manager.instruments.loaded).toBe(false);
    expect(world.sockets).toHaveLength(opened);
    answer();
    await moved(world);
    expect(stateOf(world)).toEqual(['BTC/USDT subscribed', 'TEST/USDT subscribed']);
    await Promise.all([world.stream.close(), world.clock.advance(0)]);
    expect(world.clock.pending).toBe(0);
  });

  test.each([
    'ftp://x',
    'proxy.test:8080',
    `http://me:${CANARY}@`,
    'http://x/path',
    `socks4://me:${CANARY}@x`,
  ])('takes no proxy that is none, and does not repeat it: %s', async (proxy) => {
    const { world } = await connected();
    for (const set of [
      () => world.stream.setProxy(proxy),
      () => world.stream.manager('fake').setProxy(proxy),
      () => new FakeWorld(fakeAdapter(), { proxy }),
      () => new FakeWorld(fakeAdapter(), { settings: { fake: { proxy } } }),
    ]) {
      expect(set).toThrow(InvalidOptionsError);
      expect(set).not.toThrow(CANARY);
    }
    expect(() => world.stream.manager('fake').setUrls({ public: 'https://x' })).toThrow(InvalidOptionsError);
  });
});
