import type { ExchangeAdapter } from '../../src/contract/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const symbols = (count: number): string[] => Array.from({ length: count }, (_, index) => `C${index}/USDT`);

async function settle(world: FakeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) await world.clock.advance(0);
}

/** A world that wants trades of so many symbols. */
function wanting(count: number, adapter: ExchangeAdapter): FakeWorld {
  const world = new FakeWorld(adapter);
  world.symbols = symbols(count);
  for (const symbol of world.symbols) world.stream.subscribe(trades(symbol));
  world.stream.start();
  return world;
}

/** An exchange that carries fewer topics on a connection than it says, and on so many connections altogether. */
class FullExchange {
  readonly carried = new Map<FakeSocket, Set<string>>();
  refusals = 0;

  constructor(
    private readonly world: FakeWorld,
    private readonly cap: number,
    private readonly connections = Infinity,
  ) {}

  /** Lets time pass at it. */
  async run(durationMs: number): Promise<void> {
    for (let passedMs = 0; passedMs < durationMs; passedMs += 250) {
      await this.world.clock.advance(250);
      for (const socket of this.world.sockets) this.serve(socket);
    }
  }

  private serve(socket: FakeSocket): void {
    if (socket.closed) return;
    let topics = this.carried.get(socket);
    if (!topics) {
      this.carried.set(socket, (topics = new Set()));
      socket.accept();
    }
    socket.handlers.onPong();
    const cap = [...this.carried.keys()].indexOf(socket) < this.connections ? this.cap : 0;
    for (const { op, key, topics: named } of socket.sent.splice(0)) {
      if (op === 'sub' && topics.size + named.length > cap) {
        this.refusals++;
        socket.push({ refuse: key, temporary: '1', full: '1' });
        continue;
      }
      for (const topic of named) {
        if (op === 'sub') topics.add(topic);
        else topics.delete(topic);
      }
      socket.push({ ack: key });
    }
  }
}

describe('topics', () => {
  test('fill free room before they cost a connection, and their number and room can be read', async () => {
    const world = wanting(5, fakeAdapter({ topicsPerConnection: 3 }));
    const manager = world.stream.manager('fake');
    await settle(world);
    expect(world.stream.connections().map(({ topics }) => topics)).toEqual([3, 2]);
    expect([manager.connectionCount, manager.availableCapacity]).toEqual([2, 1]);
    expect(manager.endpoints()).toEqual([
      {
        endpoint: 'public',
        kind: 'public',
        connections: 2,
        topics: 5,
        topicsPerConnection: 3,
        availableCapacity: 1,
      },
    ]);
  });

  test('come to a connection that is not in trouble, where one has room', async () => {
    const world = new FakeWorld(fakeAdapter({ topicsPerConnection: 2 }));
    const held = world.symbols.map((symbol) => world.stream.subscribe(trades(symbol)));
    world.stream.start();
    await settle(world);
    const [first, second] = world.sockets;
    second?.accept();
    first?.end(1006);
    await held[0]?.unsubscribe();
    world.stream.subscribe(trades('BTC/USDT'));
    expect(world.stream.connections().map(({ state, topics }) => [state, topics])).toEqual([
      ['waiting', 1],
      ['open', 2],
    ]);
  });

  test('leave no connection behind that carries none', async () => {
    const world = new FakeWorld(fakeAdapter({ topicsPerConnection: 1 }));
    const held = world.symbols.map((symbol) => world.stream.subscribe(trades(symbol)));
    world.stream.start();
    await settle(world);
    expect(world.stream.manager('fake').connectionCount).toBe(3);
    for (const socket of world.sockets) socket.accept();
    await settle(world);
    for (const socket of world.sockets) socket.ackAll();
    await held[1]?.unsubscribe();
    await settle(world);
    world.sockets[1]?.ackAll();
    await settle(world);
    expect(world.sockets.map(({ closed }) => closed)).toEqual([false, true, false]);
    expect(world.stream.connections().map(({ id }) => id)).toEqual(['fake/public/1', 'fake/public/3']);
  });

  test('of one connection do not wait for another that is slow to open', async () => {
    const world = wanting(3, fakeAdapter({ topicsPerConnection: 1 }));
    await settle(world);
    expect(world.sockets).toHaveLength(3);
    world.sockets[2]?.accept();
    await settle(world);
    world.sockets[2]?.ackAll();
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual([
      'subscribing',
      'subscribing',
      'subscribed',
    ]);
  });

  test('that a full connection refuses go to another one, and the lower cap is learnt', async () => {
    const world = wanting(30, fakeAdapter({ topicsPerConnection: 30 }));
    const exchange = new FullExchange(world, 10);
    await exchange.run(20_000);
    expect(world.stream.subscriptions().filter(({ state }) => state !== 'subscribed')).toEqual([]);
    expect([...exchange.carried.values()].map(({ size }) => size)).toEqual([10, 10, 10]);
    expect(world.stream.manager('fake').endpoints()[0]).toMatchObject({
      topicsPerConnection: 10,
      learntTopicsPerConnection: 10,
      availableCapacity: 0,
    });
  });

  test('ask for no more than the learnt cap from then on, on fresh connections neither', async () => {
    const world = wanting(6, fakeAdapter({ topicsPerConnection: 30, topicsPerMessage: 1 }));
    world.symbols = symbols(12);
    const exchange = new FullExchange(world, 5);
    await exchange.run(20_000);
    const { refusals } = exchange;
    expect(refusals).toBeGreaterThan(0);
    for (const symbol of world.symbols.slice(6)) world.stream.subscribe(trades(symbol));
    world.sockets[0]?.end(1006);
    await exchange.run(20_000);
    expect(world.stream.subscriptions().filter(({ state }) => state !== 'subscribed')).toEqual([]);
    expect(exchange.refusals).toBe(refusals);
  });

  test('open no more connections than the exchange allows one address, and say which have no place', async () => {
    const fake = fakeAdapter({ topicsPerConnection: 2 });
    const { public: endpoint } = fake.endpoints;
    const limits = { ...endpoint!.limits, connectionsPerAddress: { documented: 3, safe: 2 } };
    const world = wanting(5, { ...fake, endpoints: { public: { ...endpoint!, limits } } });
    const exchange = new FullExchange(world, 2);
    await exchange.run(5_000);
    expect(world.sockets).toHaveLength(2);
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual([
      ...['subscribed', 'subscribed', 'subscribed', 'subscribed', 'failed'],
    ]);
    expect(world.stream.subscriptions()[4]?.reason).toContain('as many connections as the exchange allows');
    // One that takes over from another may be beyond that number for a while.
    expect(world.stream.manager('fake').rotate('fake/public/1')).toBe(true);
    await exchange.run(20_000);
    expect(world.sockets.map(({ closed }) => closed)).toEqual([true, false, false]);
  });

  test('show the cap one by one, when the first message already held more than fit', async () => {
    const world = wanting(9, fakeAdapter({ topicsPerConnection: 30 }));
    const exchange = new FullExchange(world, 4);
    await exchange.run(20_000);
    expect([...exchange.carried.values()].map(({ size }) => size)).toEqual([4, 4, 1]);
    expect(world.stream.subscriptions().filter(({ state }) => state !== 'subscribed')).toEqual([]);
  });

  test('cost no connection each at an exchange that is full as a whole', async () => {
    const world = wanting(12, fakeAdapter({ topicsPerConnection: 30 }));
    const exchange = new FullExchange(world, 5, 1);
    await exchange.run(25_000);
    const states = world.stream.subscriptions().map(({ state }) => state);
    expect(states.filter((state) => state === 'subscribed')).toHaveLength(5);
    expect(states.filter((state) => state === 'failed')).toHaveLength(7);
    expect(world.sockets.length).toBeLessThanOrEqual(4);
  });

  test('of which the exchange takes one per symbol and connection go side by side on several', async () => {
    const fake = fakeAdapter();
    const world = new FakeWorld({
      ...fake,
      channels: {
        trades: {
          endpoint: 'public',
          params: { speed: { description: 'Pace.', values: [1, 2, 3] } },
          topic: (nativeSymbol, { speed = 0 }) => `trades.${nativeSymbol}.${speed}`,
          exclusive: 'connection',
        },
      },
    });
    for (const speed of [1, 2, 3])
      for (const symbol of ['BTC/USDT', 'ETH/USDT'])
        world.stream.subscribe({ ...trades(symbol), params: { speed } });
    world.stream.start();
    await settle(world);
    expect(world.stream.subscriptions().map(({ topic, connection }) => [topic, connection])).toEqual([
      ['trades.BTCUSDT.1', 'fake/public/1'],
      ['trades.ETHUSDT.1', 'fake/public/1'],
      ['trades.BTCUSDT.2', 'fake/public/2'],
      ['trades.ETHUSDT.2', 'fake/public/2'],
      ['trades.BTCUSDT.3', 'fake/public/3'],
      ['trades.ETHUSDT.3', 'fake/public/3'],
    ]);
  });
});

describe('a connection recycled by hand', () => {
  test('comes back with what it carried, and no other notices', async () => {
    const world = wanting(2, fakeAdapter({ topicsPerConnection: 1 }));
    await settle(world);
    const [first, second] = world.sockets;
    for (const socket of [first, second]) socket?.accept();
    await settle(world);
    for (const socket of [first, second]) socket?.ackAll();
    const manager = world.stream.manager('fake');
    expect(manager.recycle('fake/public/9')).toBe(false);
    expect(manager.recycle('fake/public/1')).toBe(true);
    expect(world.stream.connections()).toEqual([
      expect.objectContaining({ id: 'fake/public/1', state: 'waiting', reason: 'asked for by the user' }),
      expect.objectContaining({ id: 'fake/public/2', state: 'open' }),
    ]);
    await world.clock.advance(1_000);
    world.socket.accept();
    await settle(world);
    world.socket.ackAll();
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual(['subscribed', 'subscribed']);
    expect(second?.closed).toBe(false);
  });
});

describe('topics whose names an exchange counts by their characters', () => {
  const TOPIC_LENGTH = 'trades.C0USDT'.length;

  function countingAdapter(safe: number): ExchangeAdapter {
    const adapter = fakeAdapter();
    const { public: endpoint } = adapter.endpoints;
    const limits = { ...endpoint!.limits, topicCharactersPerConnection: { documented: safe + 10, safe } };
    return { ...adapter, endpoints: { public: { ...endpoint!, limits } } };
  }

  test('go to another connection where one has no room for theirs, and to that one again once it has', async () => {
    const world = wanting(0, countingAdapter(3 * TOPIC_LENGTH));
    world.symbols = symbols(8);
    await settle(world);
    const exchange = new FullExchange(world, Infinity);
    const handles = world.symbols.slice(0, 7).map((symbol) => world.stream.subscribe(trades(symbol)));
    await exchange.run(10_000);
    expect([...exchange.carried.values()].map(({ size }) => size)).toEqual([3, 3, 1]);
    expect(world.stream.manager('fake').endpoints()).toMatchObject([{ topics: 7, availableCapacity: 2 }]);
    void handles[0]?.unsubscribe();
    await exchange.run(5_000);
    world.stream.subscribe(trades('C7/USDT'));
    await exchange.run(5_000);
    expect([...exchange.carried.values()].map((topics) => [...topics].join().length)).toEqual([
      3 * TOPIC_LENGTH + 2,
      3 * TOPIC_LENGTH + 2,
      TOPIC_LENGTH,
    ]);
    const closed = world.stream.close();
    for (let round = 0; round < 20; round++) await world.clock.advance(1_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });
});
