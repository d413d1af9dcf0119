import { accept, asked, defined, definitionOf, lose, settle } from './defined-world.ts';
import { fakeAdapter, FakeWorld, trades } from './fake-exchange.ts';

const two = { documented: 2, safe: 2 };

describe('the topics of a user-defined connection', () => {
  test('are spread over as many sockets as they need, which close when they are empty', async () => {
    const { world, handle } = defined({ topicsPerConnection: two });
    handle.subscribe(['a', 'b', 'c']);
    for (const socket of world.sockets) socket.accept();
    await settle(world);
    expect(world.sockets.map((socket) => asked(world, socket))).toEqual([['sub a,b'], ['sub c']]);
    handle.subscribe(['d']);
    await settle(world);
    expect(world.sockets.map((socket) => asked(world, socket))).toEqual([[], ['sub d']]);
    handle.unsubscribe(['a', 'b']);
    await settle(world);
    expect(world.sockets.map(({ closed }) => closed)).toEqual([true, false]);
    expect(handle.views().map(({ id, topics }) => [id, topics])).toEqual([['fake/news/2', 2]]);
    const manager = world.stream.manager('fake');
    expect([manager.connectionCount, manager.endpoints()[0]?.connections]).toEqual([1, 0]);
    handle.subscribe(['e']);
    expect(world.sockets).toHaveLength(3);
    handle.unsubscribe(['c', 'd', 'e']);
    await settle(world);
    expect([handle.view(), world.clock.pending]).toEqual([undefined, 0]);
  });

  test('that are no longer generated leave, those that were subscribed stay', async () => {
    const rounds = [['x', 'a'], ['y'], []];
    const { world, handle } = defined({ defaultTopics: () => rounds.shift() ?? [] });
    handle.subscribe(['a']);
    await accept(world);
    expect(asked(world)).toEqual(['sub a', 'sub x']);
    await lose(world);
    await accept(world);
    expect(asked(world)).toEqual(['sub a,x', 'unsub x', 'sub y']);
    await lose(world);
    await accept(world);
    expect(asked(world)).toEqual(['sub a,y', 'unsub y']);
    handle.unsubscribe(['a']);
    await settle(world);
    expect(world.socket.closed).toBe(true);
  });

  test('stay as they were when the generator fails, or takes too long', async () => {
    const rounds = [
      (): Promise<string[]> => Promise.resolve(['x']),
      (): never => {
        throw new RangeError('mine');
      },
      (): Promise<string[]> => new Promise(() => undefined),
    ];
    const { world, handle } = defined({ defaultTopics: () => rounds.shift()?.() ?? [] });
    world.stream.manager('fake').open('news');
    await accept(world);
    expect(asked(world)).toEqual(['sub x']);
    for (let round = 0; round < 2; round++) {
      await lose(world);
      await accept(world);
      await world.clock.advance(10_000);
      expect(asked(world)).toEqual(['sub x']);
    }
    const failures = world.lifecycle.filter(({ type }) => type === 'consumer-failed');
    expect(failures).toEqual([
      expect.objectContaining({ consumer: 'defaultTopics', subscription: 'fake/news' }),
      expect.objectContaining({
        error: expect.objectContaining({ message: 'no answer within 10000 ms' }) as Error,
      }),
    ]);
    expect(handle.view()?.state).toBe('open');
  });

  test.each(['subscriber', 'unsubscriber'] as const)('survive a %s that throws', async (name) => {
    const { world, handle } = defined({
      [name]: () => {
        throw new TypeError('mine');
      },
    });
    handle.subscribe(['a', 'b']);
    await accept(world);
    handle.unsubscribe(['b']);
    await settle(world);
    world.socket.push('x');
    expect(handle.view()?.state).toBe('open');
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({ type: 'consumer-failed', consumer: name, subscription: 'fake/news' }),
    );
    handle.unsubscribe(['a']);
    await settle(world);
    expect([world.socket.closed, world.clock.pending]).toEqual([true, 0]);
  });
});

describe('definitions in the settings of an exchange', () => {
  const worldWith = (connections: unknown): FakeWorld =>
    new FakeWorld(fakeAdapter(), { settings: { fake: { connections: connections as [] } } });

  test('are there from the beginning, and open with the stream where they say so', async () => {
    const world = worldWith([
      definitionOf({ openAtStart: true, defaultTopics: () => ['a'] }),
      definitionOf({ name: 'later' }),
    ]);
    expect(world.sockets).toHaveLength(0);
    world.stream.start();
    await accept(world);
    expect(world.sockets.map(({ url }) => url)).toEqual(['wss://news.test/feed']);
    expect(asked(world)).toEqual(['sub a']);
    expect(world.stream.manager('fake').connection('later')?.view()).toBeUndefined();
  });

  test.each([
    [{}, 'settings.fake.connections: got object. Allowed: a list of definitions.'],
    [
      [{ ...definitionOf(), name: '' }],
      'settings.fake.connections[0].name: got "". Allowed: 1 to 64 letters',
    ],
    [[definitionOf({ name: 'public' })], 'a name that no endpoint of fake has (public)'],
    [
      [definitionOf(), definitionOf()],
      'settings.fake.connections[1].name: got "news". Allowed: each name once.',
    ],
    [
      [definitionOf({ url: 'https://x.test/secret' })],
      'connections[0].url: got https://x.test. Allowed: a ws://',
    ],
    [[{ ...definitionOf(), handler: 3 }], 'connections[0].handler: got number. Allowed: a function'],
    [
      [{ ...definitionOf(), subscribe: 3 }],
      'settings.fake.connections[0]: no key "subscribe". Allowed: name, url',
    ],
    [
      [{ ...definitionOf(), messages: two }],
      'connections[0].messages: got object. Allowed: { documented, safe, windowMs }',
    ],
    [[{ ...definitionOf(), topicsPerConnection: 0 }], 'connections[0].topicsPerConnection: got number.'],
    [
      [{ ...definitionOf(), authenticate: true }],
      'connections[0].authenticate: got boolean. Allowed: a function.',
    ],
  ])('are refused where they cannot work %#', (connections, message) => {
    expect(() => worldWith(connections)).toThrow(message);
  });
});

describe('a user-defined connection goes the way of its exchange', () => {
  test('through its proxy, and moves with it', async () => {
    const { world, handle } = defined();
    handle.subscribe(['a']);
    expect(world.socket.options.proxy).toBeUndefined();
    await accept(world);
    world.stream.setProxy('http://proxy.test:3128');
    await world.clock.advance(1_000);
    expect(world.socket.options.proxy).toBe('http://proxy.test:3128');
    world.stream.manager('fake').setUrls({ public: 'wss://three.test' });
    world.stream.manager('fake').setProxy('direct');
    await world.clock.advance(1_000);
    expect(world.socket.options.proxy).toBeUndefined();
    expect(world.sockets).toHaveLength(3);
  });

  test('and is recycled by its id, alone', async () => {
    const { world, handle } = defined();
    world.stream.subscribe(trades('BTC/USDT'));
    (await world.connect()).ackAll();
    handle.subscribe(['a']);
    await accept(world);
    expect(world.stream.manager('fake').recycle('fake/news/1')).toBe(true);
    expect(world.stream.manager('fake').recycle('fake/news/2')).toBe(false);
    expect(world.stream.connections().map(({ id, state }) => [id, state])).toEqual([
      ['fake/public/1', 'open'],
      ['fake/news/1', 'waiting'],
    ]);
  });
});
