import { InvalidOptionsError } from '../../src/engine/index.ts';
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

/** Lets the engine dial, opens what it dialled, and lets it ask for its topics. */
async function moved(world: FakeWorld): Promise<FakeSocket> {
  await world.clock.advance(0);
  world.socket.accept();
  await world.clock.advance(0);
  world.socket.ackAll();
  return world.socket;
}

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

  test('changes at once when another proxy is set, and only where it matters', async () => {
    const { world, socket } = await connected({ proxy: 'http://one.test' });
    world.stream.setProxy('http://one.test');
    await world.clock.advance(0);
    expect(world.sockets).toHaveLength(1);
    world.stream.setProxy(`http://me:${CANARY}@two.test:8080`);
    expect(world.stream.connections()[0]).toMatchObject({
      state: 'waiting',
      reason: 'another proxy was set',
    });
    await world.clock.advance(0);
    expect(socket.closed).toBe(true);
    expect((await moved(world)).options.proxy).toBe(`http://me:${CANARY}@two.test:8080`);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'open', proxy: 'two.test:8080' });
    expect(stateOf(world)).toEqual(['BTC/USDT subscribed']);
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
    manager.setUrls({});
    await moved(world);
    expect(urls(world).at(-1)).toBe('wss://one.test/stream');
  });

  test('takes the next URL after a failure, and the preferred one after each healthy period', async () => {
    const { world, socket } = await connected({ tuning: { healthyAfterMs: 10_000, backoffInitialMs: 1 } });
    socket.end(1006);
    await world.clock.advance(5);
    await moved(world);
    expect(urls(world)).toEqual(['wss://one.test/stream', 'wss://two.test/stream']);
    for (let second = 0; second < 11; second++) {
      await world.clock.advance(1_000);
      world.socket.handlers.onPong();
    }
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
