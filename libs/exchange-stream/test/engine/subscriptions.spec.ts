import type { MarketEvent } from '@exchange-stream/market-data';
import { SubscriptionRequestError } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

const told = (events: readonly MarketEvent[]): string[] =>
  events.map((event) =>
    event.type === 'status' ? event.state : `${event.type} ${'id' in event ? event.id : ''}`,
  );

const view = (
  world: FakeWorld,
  symbol: string,
): ReturnType<typeof world.stream.subscriptions>[number] | undefined =>
  world.stream.subscriptions().find((subscription) => subscription.symbol === symbol);

describe('subscriptions', () => {
  test('ten holders share one topic, and the last to leave takes it off the wire', async () => {
    const world = new FakeWorld();
    const handles = Array.from({ length: 10 }, () => world.stream.subscribe(trades('BTC/USDT')));
    const other = world.stream.subscribe(trades('ETH/USDT'));
    const socket = await world.connect();
    expect(socket.sent.map(({ op, topics }) => [op, topics])).toEqual([
      ['sub', ['trades.BTCUSDT', 'trades.ETHUSDT']],
    ]);
    socket.ackAll();
    expect(view(world, 'BTC/USDT')).toMatchObject({ state: 'subscribed', data: 'live', references: 10 });
    for (const handle of handles.slice(1)) await handle.unsubscribe();
    await world.clock.advance(1_000);
    expect(socket.sent).toEqual([]);
    await handles[0]!.unsubscribe();
    await handles[0]!.unsubscribe();
    await world.clock.advance(1_000);
    expect(socket.sent).toMatchObject([{ op: 'unsub', topics: ['trades.BTCUSDT'] }]);
    expect(world.stream.subscriptions().map(({ symbol }) => symbol)).toEqual(['ETH/USDT']);
    await other[Symbol.asyncDispose]();
    await world.clock.advance(1_000);
    socket.ackAll();
    await world.clock.advance(0);
    expect(socket.closed).toBe(true);
    expect(world.stream.connections()).toEqual([]);
  });

  test('what is dropped and wanted again in one go never leaves the wire', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    await handle.unsubscribe();
    world.stream.subscribe(trades('BTC/USDT'));
    await world.clock.advance(5_000);
    expect(socket.sent).toEqual([]);
    expect(view(world, 'BTC/USDT')?.state).toBe('subscribed');
  });

  test('what is wanted again while it leaves is asked for again', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    await handle.unsubscribe();
    await world.clock.advance(0);
    world.stream.subscribe(trades('BTC/USDT'));
    await world.clock.advance(2_000);
    expect(socket.sent.map(({ op }) => op)).toEqual(['unsub', 'sub']);
    socket.ackAll();
    await world.clock.advance(10_000);
    expect(view(world, 'BTC/USDT')?.state).toBe('subscribed');
  });

  test('a connection that is lost while its last topic leaves stays closed', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    await handle.unsubscribe();
    await world.clock.advance(0);
    socket.end(1006);
    await world.clock.advance(60_000);
    expect(world.sockets).toHaveLength(1);
    expect(world.stream.connections()).toEqual([]);
    // The next look at what the exchange trades.
    expect(world.clock.pending).toBe(1);
  });

  test('a connection takes only so many topics, the next ones go to another', async () => {
    const world = new FakeWorld(fakeAdapter({ topicsPerConnection: 2 }), {
      subscriptions: ['BTC/USDT', 'ETH/USDT', 'SOL/USDT'].map(trades),
    });
    world.stream.start();
    await world.clock.advance(0);
    expect(world.stream.connections().map(({ id, topics }) => [id, topics])).toEqual([
      ['fake/public/1', 2],
      ['fake/public/2', 1],
    ]);
  });

  test('messages stay within the limit, each with no more topics than it may hold', async () => {
    const world = new FakeWorld(fakeAdapter({ topicsPerMessage: 1 }));
    world.symbols = Array.from({ length: 9 }, (_, index) => `C${index}/USDT`);
    for (const symbol of world.symbols) world.stream.subscribe(trades(symbol));
    const socket = await world.connect();
    await world.clock.advance(10_000);
    const times = socket.sent.slice(0, 9).map(({ at }) => at);
    expect(times).toEqual([0, 0, 1_100, 1_100, 2_200, 2_200, 3_300, 3_300, 4_400]);
    for (const { topics } of socket.sent) expect(topics).toHaveLength(1);
  });

  test('a lost connection makes its data stale, and a new one asks for everything again', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const events: MarketEvent[] = [];
    world.stream.listen({}, (event) => events.push(event));
    const socket = await world.connect();
    socket.ackAll();
    socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '5' });
    socket.end(1006);
    expect(view(world, 'BTC/USDT')).toMatchObject({ state: 'resubscribing', data: 'stale' });
    await world.clock.advance(1_000);
    world.socket.accept();
    await world.clock.advance(0);
    expect(world.socket.sent).toMatchObject([{ op: 'sub', topics: ['trades.BTCUSDT'] }]);
    world.socket.ackAll();
    world.socket.push({ topic: 'trades.BTCUSDT', id: '9', price: '5' });
    expect(told(events)).toEqual(['syncing', 'live', 'trade 1', 'stale', 'gap', 'live', 'trade 9']);
    expect(world.stream.manager('fake').counters().reconnects).toBe(1);
  });

  test('a lost ack is asked for again, three times, then the subscription fails with the reason', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const socket = await world.connect();
    socket.handlers.onPong();
    await world.clock.advance(9_001);
    // The exchange may have done what it did not answer: given up, the topic is given back.
    expect(socket.sent.map(({ op, at }) => [op, at])).toEqual([
      ['sub', 0],
      ['sub', 3_000],
      ['sub', 6_000],
      ['unsub', 9_000],
    ]);
    expect(view(world, 'BTC/USDT')).toMatchObject({
      state: 'failed',
      failure: 'ack-timeout',
      data: 'stale',
      reason: 'no ack within 3000 ms; asking again in 60 s',
    });
  });

  test('what failed for want of an answer is asked for again minutes later, each time later still', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    await world.connect();
    const openedAt = (): number[] => world.sockets.map(({ openedAt }) => openedAt);
    for (let second = 0; second < 1_000; second++) {
      await world.clock.advance(1_000);
      if (world.stream.connections()[0]?.state === 'connecting') world.socket.accept();
    }
    const waits = openedAt().map((at, index) => at - (openedAt()[index - 1] ?? 0));
    // Half of 60, 120, 240 … s on top of 30 s, after three asks of 3 s each.
    expect(waits.slice(1, 4).map((wait) => Math.round(wait / 10_000))).toEqual([7, 10, 16]);
    world.socket.ackAll();
    expect(view(world, 'BTC/USDT')?.state).toBe('failed');
    await world.clock.advance(900_000);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    expect(view(world, 'BTC/USDT')).toMatchObject({ state: 'subscribed', data: 'live' });
    const closing = world.stream.close();
    await world.clock.advance(0);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  test('nothing is asked for again that nobody wants any more, or that was refused for good', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    world.stream.subscribe(trades('ETH/USDT'));
    const socket = await world.connect();
    await world.clock.advance(2_000);
    socket.push({ refuse: socket.sent[0]!.key });
    await world.clock.advance(2_000);
    for (const { key, topics } of socket.sent.slice(1))
      if (topics[0] === 'trades.ETHUSDT') socket.push({ refuse: key });
    await world.clock.advance(30_000);
    expect(world.stream.subscriptions().map(({ failure }) => failure)).toEqual(['ack-timeout', 'rejected']);
    await handle.unsubscribe();
    const sockets = world.sockets.length;
    await world.clock.advance(3_600_000);
    expect(world.sockets).toHaveLength(sockets);
    // The next look at what the exchange trades.
    expect(world.clock.pending).toBe(1);
  });

  test('a topic that was refused for others, maybe, is asked for by itself, and then believed to be meant', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const socket = await world.connect();
    socket.push({ refuse: socket.sent[0]!.key, several: true });
    await world.clock.advance(1_000);
    expect(socket.sent).toHaveLength(2);
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribing' }]);
    socket.push({ refuse: socket.sent[1]!.key, several: true });
    await world.clock.advance(1_000);
    expect(socket.sent).toHaveLength(2);
    expect(world.stream.subscriptions()).toMatchObject([
      { state: 'failed', reason: 'the exchange refused: no' },
    ]);
  });

  test('one refused topic does not take those down that were asked for with it', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT'), trades('ETH/USDT')] });
    const socket = await world.connect();
    socket.push({ refuse: socket.sent[0]!.key });
    await world.clock.advance(2_000);
    const [, btc, eth] = socket.sent;
    expect([btc!.topics, eth!.topics]).toEqual([['trades.BTCUSDT'], ['trades.ETHUSDT']]);
    socket.push({ refuse: btc!.key });
    socket.push({ ack: eth!.key });
    expect(view(world, 'BTC/USDT')).toMatchObject({
      state: 'failed',
      failure: 'rejected',
      reason: 'the exchange refused: no',
    });
    expect(view(world, 'ETH/USDT')).toMatchObject({ state: 'subscribed' });
  });

  test('a failed subscription is tried again by whoever wants it next', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const socket = await world.connect();
    socket.push({ refuse: socket.sent[0]!.key });
    expect(view(world, 'BTC/USDT')?.state).toBe('failed');
    world.stream.subscribe(trades('BTC/USDT'));
    await world.clock.advance(2_000);
    world.socket.accept();
    await world.clock.advance(2_000);
    world.socket.ackAll();
    expect(view(world, 'BTC/USDT')?.state).toBe('subscribed');
  });

  test('a frame that cannot be decoded is counted and harms nothing', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const events: MarketEvent[] = [];
    world.stream.listen({}, (event) => events.push(event));
    const socket = await world.connect();
    socket.ackAll();
    socket.push('{"topic":');
    socket.push({ topic: 'trades.BTCUSDT', id: '2', price: '5' });
    socket.push({ topic: 'trades.UNKNOWN', id: '3', price: '5' });
    expect(told(events)).toEqual(['syncing', 'live', 'trade 2']);
    const counters = world.stream.manager('fake').counters();
    expect(counters).toMatchObject({ undecodable: 1 });
    expect(counters.ignored.get('unsubscribed topic')).toBe(1);
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({ type: 'frame-problem', problem: 'undecodable' }),
    );
  });

  test('waits for the instruments as long as it takes, and says why', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    world.respond = () => Promise.resolve({ status: 503, headers: {}, body: 'maintenance' });
    world.stream.start();
    await world.clock.advance(600_000);
    expect(view(world, 'BTC/USDT')).toMatchObject({ state: 'inactive', data: 'syncing' });
    expect(world.stream.manager('fake').instruments.error?.message).toContain('503: maintenance');
    world.respond = () => Promise.resolve({ status: 200, headers: {}, body: '["BTC/USDT"]' });
    await world.clock.advance(60_000);
    expect(view(world, 'BTC/USDT')?.state).toBe('subscribing');
  });

  test('a symbol that does not exist fails with the names that look like it', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDTT')] });
    world.stream.start();
    await world.clock.advance(0);
    expect(view(world, 'BTC/USDTT')).toMatchObject({ state: 'failed', failure: 'unknown-symbol' });
    expect(view(world, 'BTC/USDTT')?.reason).toContain('Did you mean BTC/USDT');
    expect(() => world.stream.subscribe(trades('BTC/USDTT'))).toThrow(SubscriptionRequestError);
  });

  test('a symbol in the spelling of the exchange is refused with the one that it means', async () => {
    const world = new FakeWorld();
    expect(() => world.stream.subscribe(trades('BTCUSDT'))).toThrow('Symbols look like "BTC/USDT".');
    world.stream.start();
    await world.clock.advance(0);
    expect(() => world.stream.subscribe(trades('BTCUSDT'))).toThrow('fake means "BTC/USDT" by it.');
  });

  test.each([
    [{ exchange: 'fkae', channel: 'trades', symbol: 'BTC/USDT' } as const, 'Did you mean "fake"?'],
    [{ exchange: 'fake', channel: 'candles', symbol: 'BTC/USDT' } as const, 'It has: trades.'],
    [
      { exchange: 'fake', channel: 'trades', symbol: 'BTC/USDT', params: { depth: 5 } } as const,
      'has no parameter "depth"',
    ],
    [{ exchange: 'fake', channel: 'trades', symbol: '' } as const, 'is no unified symbol'],
  ])('a request that cannot be met is refused with what would work', (request, hint) => {
    expect(() => new FakeWorld().stream.subscribe(request)).toThrow(hint);
  });

  test('data and status come to listeners, loops and late comers in one order', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const heard: MarketEvent[] = [];
    handle.on((event) => heard.push(event));
    const looped: MarketEvent[] = [];
    const loop = (async () => {
      for await (const event of handle) looped.push(event);
    })();
    const socket = await world.connect();
    socket.ackAll();
    socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '5' });
    const late: MarketEvent[] = [];
    handle.on((event) => late.push(event));
    socket.end(1006);
    await world.clock.advance(0);
    await handle.unsubscribe();
    await loop;
    expect(told(heard)).toEqual(['syncing', 'live', 'trade 1', 'stale']);
    expect(looped).toEqual(heard);
    expect(told(late)).toEqual(['live', 'stale']);
  });

  test('a loop ends when everything closes', async () => {
    const world = new FakeWorld();
    const handle = world.stream.subscribe(trades('BTC/USDT'));
    const loop = (async () => {
      for await (const event of handle) expect(event.type).toBe('status');
    })();
    await world.stream.close();
    await loop;
    expect(() => world.stream.subscribe(trades('BTC/USDT'))).toThrow('is closed');
  });

  test('a listener to everything hears what others subscribe, before and after it came, and nothing once it left', async () => {
    const world = new FakeWorld();
    world.stream.subscribe(trades('BTC/USDT'));
    const events: MarketEvent[] = [];
    const leave = world.stream.listen({ channel: 'trades' }, (event) => events.push(event));
    world.stream.listen({ symbol: 'ETH/USDT' }, () => {
      throw new Error('a listener that fails');
    });
    world.stream.subscribe(trades('ETH/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '5' });
    socket.push({ topic: 'trades.ETHUSDT', id: '2', price: '5' });
    leave();
    socket.push({ topic: 'trades.BTCUSDT', id: '3', price: '5' });
    expect(told(events)).toEqual(['syncing', 'syncing', 'live', 'live', 'trade 1', 'trade 2']);
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({ type: 'consumer-failed', error: new Error('a listener that fails') }),
    );
  });

  test('a lifecycle listener that fails is told of to the others, and harms nobody', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const failing = (): void => {
      throw new Error('always');
    };
    world.stream.onLifecycle(failing, { name: 'failing' });
    const socket = await world.connect();
    socket.ackAll();
    expect(view(world, 'BTC/USDT')?.data).toBe('live');
    const failures = world.lifecycle.filter(({ type }) => type === 'listener-failed');
    expect(failures[0]).toEqual({ type: 'listener-failed', listener: 'failing', error: new Error('always') });
    expect(failures).toHaveLength(world.lifecycle.length / 2);
  });

  test('what is received is accounted for', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
    const socket = await world.connect();
    socket.ackAll();
    for (let id = 0; id < 20; id++) socket.push({ topic: 'trades.BTCUSDT', id: String(id), price: '5' });
    expect(view(world, 'BTC/USDT')?.counters).toMatchObject({
      received: 20,
      delivered: 20,
      dropped: 0,
      rejected: 0,
    });
    expect(world.stream.manager('fake').counters().events).toEqual({ trades: 20 });
  });
});
