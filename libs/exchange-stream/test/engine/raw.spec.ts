import type { MarketEvent } from '@exchange-stream/market-data';
import type { ExchangeAdapter } from '../../src/contract/index.ts';
import type { SubscriptionRequestError } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

const rawAdapter = (): ExchangeAdapter => ({
  ...fakeAdapter(),
  raw: {
    endpoint: (topic) => (/^[\w.]{1,40}$/.test(topic) ? 'public' : undefined),
    form: 'names such as "trades.BTCUSDT"',
  },
});

const raw = (topic: string): { exchange: string; channel: 'raw'; symbol: string } => ({
  exchange: 'fake',
  channel: 'raw',
  symbol: topic,
});

const told = (events: readonly MarketEvent[]): string[] =>
  events.map((event) => (event.type === 'status' ? event.state : event.type));

describe('the raw channel', () => {
  it('delivers the frame as it came, byte for byte, under the name of its topic', async () => {
    const world = new FakeWorld(rawAdapter());
    const handle = world.stream.subscribe(raw('liquidations.all'));
    const events: MarketEvent[] = [];
    handle.on((event) => void events.push(event));
    const socket = await world.connect();
    expect(socket.sent).toMatchObject([{ op: 'sub', topics: ['liquidations.all'] }]);
    socket.ackAll();
    const frame = '{"topic":"liquidations.all",  "id":9007199254740993, "price":0.10e-7, "ü":"€"}';
    socket.push(frame);
    expect(events.at(-1)).toEqual({
      type: 'raw',
      exchange: 'fake',
      symbol: 'liquidations.all',
      nativeSymbol: 'liquidations.all',
      exchangeTime: undefined,
      sequence: undefined,
      receivedAt: world.clock.now(),
      topic: 'liquidations.all',
      json: frame,
    });
    expect(handle.latest()).toBeUndefined();
    expect(handle.key).toBe('["fake","raw","liquidations.all",{}]');
    expect(handle.view()).toMatchObject({
      state: 'subscribed',
      data: 'live',
      topic: 'liquidations.all',
      counters: { received: 1, delivered: 1 },
    });
    const closing = world.stream.close();
    await world.clock.advance(5_000);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  it('needs no instruments: it goes out while the exchange does not tell what it trades', async () => {
    const world = new FakeWorld(rawAdapter());
    world.respond = () => Promise.reject(new Error('down'));
    world.stream.subscribe(raw('status'));
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    expect(socket.sent.flatMap(({ topics }) => topics)).toEqual(['status']);
    socket.ackAll();
    world.respond = () => Promise.resolve({ status: 200, headers: {}, body: JSON.stringify(world.symbols) });
    await world.clock.advance(2_000);
    expect(socket.sent.flatMap(({ topics }) => topics)).toEqual(['trades.BTCUSDT']);
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual(['subscribed', 'subscribing']);
  });

  it('does not dial before the start', async () => {
    const world = new FakeWorld(rawAdapter());
    world.stream.subscribe(raw('status'));
    await world.clock.advance(1_000);
    expect(world.sockets).toEqual([]);
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'inactive' }]);
  });

  it('shares the topic with a typed channel: one on the wire, each with its own events', async () => {
    const world = new FakeWorld(rawAdapter());
    const typed = world.stream.subscribe(trades('BTC/USDT'));
    const asItComes = world.stream.subscribe(raw('trades.BTCUSDT'));
    const [typedEvents, rawEvents]: MarketEvent[][] = [[], []];
    typed.on((event) => void typedEvents?.push(event));
    asItComes.on((event) => void rawEvents?.push(event));
    const socket = await world.connect();
    expect(socket.sent.map(({ topics }) => topics)).toEqual([['trades.BTCUSDT']]);
    socket.ackAll();
    socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '2' });
    expect(told(typedEvents ?? [])).toEqual(['syncing', 'live', 'trade']);
    expect(told(rawEvents ?? [])).toEqual(['syncing', 'live', 'raw']);
    expect(world.stream.manager('fake').counters().events).toEqual({ trades: 1, raw: 1 });

    await typed.unsubscribe();
    await world.clock.advance(1_000);
    expect(socket.sent).toEqual([]);
    socket.push({ topic: 'trades.BTCUSDT', id: '2', price: '2' });
    expect(told(rawEvents ?? []).slice(3)).toEqual(['raw']);
    expect(typedEvents).toHaveLength(3);
    await asItComes.unsubscribe();
    await world.clock.advance(1_000);
    expect(socket.sent).toMatchObject([{ op: 'unsub', topics: ['trades.BTCUSDT'] }]);
  });

  it('delivers a frame once for each topic, however often the session asks', async () => {
    const adapter = rawAdapter();
    const world = new FakeWorld({
      ...adapter,
      createSession: (context) => {
        const session = adapter.createSession<never>(context);
        return {
          subscribe: (topics) => session.subscribe(topics),
          unsubscribe: (topics) => session.unsubscribe(topics),
          onFrame: (frame, binary, receivedAt, sink) => {
            for (const topic of ['a', 'b', 'a']) sink.stream(topic);
            session.onFrame(frame, binary, receivedAt, sink as never);
          },
        };
      },
    });
    const topics: string[] = [];
    for (const topic of ['a', 'b', 'c']) {
      world.stream
        .subscribe(raw(topic))
        .on((event) => void (event.type === 'raw' && topics.push(`${event.topic} ${event.json}`)));
    }
    const socket = await world.connect();
    socket.ackAll();
    topics.length = 0;
    socket.push('{"topic":"a"}');
    socket.push('{"topic":"c"}');
    expect(topics.filter((text) => text.endsWith('{"topic":"a"}'))).toEqual([
      'a {"topic":"a"}',
      'b {"topic":"a"}',
    ]);
    expect(topics.filter((text) => text.startsWith('c'))).toEqual(['c {"topic":"c"}']);
  });

  it('tells that frames may be missing after a reconnect', async () => {
    const world = new FakeWorld(rawAdapter());
    const events: MarketEvent[] = [];
    const handle = world.stream.subscribe(raw('status'));
    handle.on((event) => void events.push(event));
    (await world.connect()).ackAll();
    world.socket.end(1006);
    await world.clock.advance(1_000);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    expect(told(events)).toEqual(['syncing', 'live', 'stale', 'gap', 'live']);
    expect(handle.view().counters.gaps).toBe(1);
  });

  it.each([
    [
      raw('no topic'),
      'UNKNOWN_SYMBOL',
      '"no topic" cannot be a topic of fake. Channel raw takes names such as',
    ],
    [raw(''), 'UNKNOWN_SYMBOL', '"" cannot be a topic'],
    [raw('x'.repeat(500)), 'UNKNOWN_SYMBOL', 'cannot be a topic'],
    [{ ...raw('status'), params: { depth: 5 } }, 'INVALID_PARAMETER', 'fake raw has no parameter "depth"'],
  ])('refuses %j and says what it takes', (request, code, message) => {
    const world = new FakeWorld(rawAdapter());
    let refusal: SubscriptionRequestError | undefined;
    try {
      world.stream.subscribe(request);
    } catch (error) {
      refusal = error as SubscriptionRequestError;
    }
    expect(refusal?.code).toBe(code);
    expect(refusal?.message).toContain(message);
    expect(refusal?.message.length).toBeLessThan(300);
  });

  it('is refused where the adapter does not offer it, and listed where it does', () => {
    expect(() => new FakeWorld().stream.subscribe(raw('status'))).toThrow(
      'fake has no channel "raw". It has: trades.',
    );
    const { stream } = new FakeWorld(rawAdapter());
    expect(() => stream.subscribe({ ...raw('x'), channel: 'book' })).toThrow('It has: trades, raw.');
  });

  it('fails with the reason when the exchange refuses the topic', async () => {
    const world = new FakeWorld(rawAdapter());
    const handle = world.stream.subscribe(raw('private'));
    const socket = await world.connect();
    for (const { key } of socket.sent.splice(0)) socket.push({ refuse: key });
    expect(handle.view()).toMatchObject({ state: 'failed', failure: 'rejected' });
  });
});
