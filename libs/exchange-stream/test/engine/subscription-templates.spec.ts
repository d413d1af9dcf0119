import type {
  LifecycleEvent,
  SubscriptionRequestError,
  SubscriptionTemplate,
} from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const HOUR_MS = 3_600_000;

const template = (
  symbols: SubscriptionTemplate['symbols'],
  more: Partial<SubscriptionTemplate> = {},
): SubscriptionTemplate => ({ exchange: 'fake', channel: 'trades', symbols, ...more });

const symbolsOf = (world: FakeWorld): string[] =>
  world.stream
    .subscriptions()
    .map(({ symbol }) => symbol)
    .sort();

async function framesOf(world: FakeWorld, socket: FakeSocket): Promise<string[]> {
  await world.clock.advance(2_000);
  const frames = socket.sent.map(({ op, topics }) => `${op} ${topics.join(',')}`);
  socket.ackAll();
  await world.clock.advance(0);
  return frames;
}

/** Lets time pass at an exchange that answers pings. */
async function wait(world: FakeWorld, durationMs: number): Promise<void> {
  for (let passed = 0; passed < durationMs; passed += 5_000) {
    await world.clock.advance(5_000);
    world.socket.handlers.onPong();
    world.socket.ackAll();
  }
}

function make(options: ConstructorParameters<typeof FakeWorld>[1]): FakeWorld {
  return new FakeWorld(fakeAdapter(), { ...options, tuning: { trafficTimeoutMs: 24 * HOUR_MS } });
}

async function close(world: FakeWorld): Promise<void> {
  const closing = world.stream.close();
  await world.clock.advance(10_000);
  await closing;
  expect(world.clock.pending).toBe(0);
}

const changes = (world: FakeWorld): Extract<LifecycleEvent, { type: 'defaults-changed' }>[] =>
  world.lifecycle.filter((event) => event.type === 'defaults-changed');

describe('subscription templates', () => {
  test.each([
    ['all', 'all' as const, {}, ['BTC/USDT', 'ETH/BTC', 'ETH/USDT']],
    ['a list', ['ETH/BTC', 'BTC/USDT'], {}, ['BTC/USDT', 'ETH/BTC']],
    ['a pattern', { pattern: 'ETH/*' }, {}, ['ETH/BTC', 'ETH/USDT']],
    ['a quote currency', { quote: 'USDT' }, {}, ['BTC/USDT', 'ETH/USDT']],
    ['several', { quote: ['BTC', 'USDT'], pattern: '*/B*' }, {}, ['ETH/BTC']],
    ['exceptions', 'all' as const, { except: ['ETH/BTC', 'BTC/*'] }, ['ETH/USDT']],
  ])('by %s become subscriptions once the instruments are known', async (_by, symbols, more, expected) => {
    const world = make({ subscriptions: [template(symbols, more)] });
    world.symbols = ['BTC/USDT', 'ETH/USDT', 'ETH/BTC'];
    await world.connect();
    expect(symbolsOf(world)).toEqual(expected);
    await close(world);
  });

  test('ask for all in as few messages as the exchange takes', async () => {
    const world = make({ subscriptions: [template('all')] });
    world.symbols = Array.from({ length: 25 }, (_, index) => `C${index}/USDT`);
    const socket = await world.connect();
    await world.clock.advance(2_000);
    expect(socket.sent.map(({ topics }) => topics.length)).toEqual([10, 10, 5]);
  });

  test('are replaced as a difference that does not touch what stays', async () => {
    const world = make({ subscriptions: [template('all')] });
    const socket = await world.connect();
    socket.ackAll();
    const before = world.stream.subscriptions()[0];
    const diff = world.stream.setDefaults([template({ pattern: 'B*' }), trades('BTC/USDT')]);
    expect(diff).toMatchObject({
      added: [],
      kept: [trades('BTC/USDT')],
      released: [trades('ETH/USDT'), trades('SOL/USDT')],
      duplicates: [trades('BTC/USDT')],
    });
    expect(await framesOf(world, socket)).toEqual(['unsub trades.ETHUSDT,trades.SOLUSDT']);
    expect(world.stream.subscriptions()).toMatchObject([
      { key: before!.key, stateSince: before!.stateSince, lastAckAt: before!.lastAckAt },
    ]);
  });

  test('that mean nothing are legal, and reported', async () => {
    const nothing = template({ quote: 'EUR' });
    const world = make({ subscriptions: [nothing] });
    world.stream.start();
    await world.clock.advance(0);
    expect(changes(world)).toMatchObject([{ exchange: 'fake', diff: { added: [], unmatched: [nothing] } }]);
    expect(world.stream.setDefaults([nothing, trades('BTC/USDT')])).toMatchObject({
      added: [trades('BTC/USDT')],
      unmatched: [nothing],
    });
    await close(world);
  });

  test('follow what the exchange lists', async () => {
    const world = make({ subscriptions: [template('all')] });
    const socket = await world.connect();
    socket.ackAll();
    world.lifecycle.length = 0;
    world.symbols = ['BTC/USDT', 'NEW/USDT', 'SOL/USDT'];
    await wait(world, HOUR_MS + 5_000);
    expect(symbolsOf(world)).toContain('NEW/USDT');
    // One list without it may be a mistake; two in a row are not.
    expect(symbolsOf(world)).toContain('ETH/USDT');
    await wait(world, 65_000);
    expect(symbolsOf(world)).toEqual(['BTC/USDT', 'NEW/USDT', 'SOL/USDT']);
    expect(changes(world).map(({ diff }) => [diff.added, diff.released])).toEqual([
      [[trades('NEW/USDT')], []],
      [[], [trades('ETH/USDT')]],
    ]);
    expect(world.sockets).toHaveLength(1);
    await close(world);
  });

  test.each([
    ['an exchange', template('all', { exchange: 'other' }), 'UNKNOWN_EXCHANGE'],
    ['a channel', template('all', { channel: 'book' }), 'UNSUPPORTED_CHANNEL'],
    ['a parameter', template('all', { params: { depth: 5 } }), 'INVALID_PARAMETER'],
    ['a symbol of a list', template(['BTC/USDT', 'BTC/USDX']), 'UNKNOWN_SYMBOL'],
    ['an empty list', template([]), 'INVALID_PARAMETER'],
    ['a filter', template({ qoute: 'USDT' } as never), 'INVALID_PARAMETER'],
    ['a kind', template({ kind: 'swap' as never }), 'INVALID_PARAMETER'],
    ['an endless pattern', template({ pattern: '*'.repeat(65) }), 'INVALID_PARAMETER'],
    ['symbols', template(7 as never), 'INVALID_PARAMETER'],
  ])('change nothing when %s cannot be', async (_what, wrong, code) => {
    const world = make({ subscriptions: [trades('BTC/USDT')] });
    const socket = await world.connect();
    socket.ackAll();
    expect(() => world.stream.setDefaults([trades('ETH/USDT'), wrong])).toThrow(
      expect.objectContaining({ code }) as SubscriptionRequestError,
    );
    expect(symbolsOf(world)).toEqual(['BTC/USDT']);
    expect(await framesOf(world, socket)).toEqual([]);
  });

  test('fail at once at the start, before any instrument is known', () => {
    expect(() => make({ subscriptions: [template('all', { channel: 'book' })] })).toThrow(
      'no channel "book"',
    );
  });

  test('name the nearest symbols for one that is not traded', async () => {
    const world = make({});
    world.stream.start();
    await world.clock.advance(0);
    expect(() => world.stream.setDefaults([template(['BTC/USDX'])])).toThrow('Did you mean BTC/USDT');
  });
});

describe('the instruments of an exchange', () => {
  const asked = (world: FakeWorld): (() => number) => {
    const { respond } = world;
    let count = 0;
    world.respond = (request) => {
      count++;
      return respond(request);
    };
    return () => count;
  };

  test('are asked for once an hour, and those that were known stay when the exchange does not answer', async () => {
    const world = make({ subscriptions: [template('all')] });
    const requests = asked(world);
    const socket = await world.connect();
    socket.ackAll();
    await wait(world, HOUR_MS - 60_000);
    expect(requests()).toBe(1);
    const { respond } = world;
    world.respond = () => Promise.resolve({ status: 503, headers: {}, body: '' });
    await wait(world, 120_000);
    world.respond = () => Promise.resolve({ status: 200, headers: {}, body: '[]' });
    await wait(world, 120_000);
    expect(world.stream.manager('fake').instruments.error?.message).toContain('empty');
    expect(symbolsOf(world)).toEqual(['BTC/USDT', 'ETH/USDT', 'SOL/USDT']);
    world.respond = respond;
    await wait(world, 120_000);
    expect(world.stream.manager('fake').instruments.error).toBeUndefined();
    expect(world.stream.subscriptions().every(({ state }) => state === 'subscribed')).toBe(true);
    await close(world);
  });

  test('tell a subscription of a symbol that is delisted, which is asked for no more until it is listed again', async () => {
    const world = make({});
    const handle = world.stream.subscribe(trades('ETH/USDT'));
    world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    world.symbols = ['BTC/USDT'];
    await wait(world, HOUR_MS + 75_000);
    expect(handle.view()).toMatchObject({
      state: 'failed',
      failure: 'unknown-symbol',
      data: 'stale',
      reason: 'fake does not list ETH/USDT any more',
    });
    expect(() => world.stream.subscribe(trades('ETH/USDT'))).toThrow('does not trade');
    expect(world.stream.connections()).toMatchObject([{ topics: 1 }]);
    world.symbols = ['BTC/USDT', 'ETH/USDT'];
    await wait(world, HOUR_MS + 75_000);
    expect(handle.view()).toMatchObject({ state: 'subscribed', data: 'live' });
    await close(world);
  });
});
