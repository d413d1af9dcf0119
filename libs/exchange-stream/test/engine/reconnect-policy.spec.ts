import { HandshakeError, type ConnectionView } from '../../src/engine/index.ts';
import type { ExchangeAdapter } from '../../src/contract/index.ts';
import { RestClient } from '../../src/engine/rest/rest-client.ts';
import { RestHosts } from '../../src/engine/rest/rest-hosts.ts';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

/** Draws no jitter at all, so that what remains is the shortest wait. */
const NO_JITTER = { next: () => 0 };

const subscriptions = [trades('BTC/USDT')];

const refusedWith = (status: number, retryAfterMs?: number): HandshakeError =>
  new HandshakeError('http-status', `answered HTTP ${status}`, {
    status,
    body: '',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

const viewOf = (world: FakeWorld): ConnectionView => world.stream.connections()[0]!;

/** How long after now the next socket is dialled. */
async function nextDial(world: FakeWorld): Promise<number> {
  const before = world.sockets.length;
  const start = world.clock.monotonic();
  for (let waitedMs = 0; waitedMs < 600_000; waitedMs += 100) {
    await world.clock.advance(waitedMs === 0 ? 0 : 100);
    if (world.sockets.length > before) return world.socket.openedAt - start;
  }
  throw new Error('Nothing was dialled within ten minutes.');
}

describe('after a close', () => {
  test.each([
    [1000, 0, 'closed normally by the exchange (code 1000)'],
    [1001, 0, 'the exchange is going away (code 1001)'],
    [1005, 0, 'closed by the exchange (code 1005)'],
    [1006, 0, 'cut without a close (code 1006)'],
    [1011, 0, 'the exchange had an internal error (code 1011)'],
    [1012, 0, 'the exchange restarts (code 1012)'],
    [4999, 0, 'closed by the exchange (code 4999)'],
    [1008, 10_000, 'the exchange sees its policy violated (code 1008)'],
    [1013, 5_000, 'the exchange asks to come back later (code 1013)'],
  ])('with code %i the next socket is dialled after %i ms at the earliest', async (code, waitMs, reason) => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions }, NO_JITTER);
    (await world.connect()).end(code);
    expect(viewOf(world)).toMatchObject({ state: 'waiting', reason });
    expect(await nextDial(world)).toBe(waitMs);
  });

  test('the backoff comes on top, so that a crowd does not return as one', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions, tuning: { backoffInitialMs: 4_000 } });
    (await world.connect()).end(1008);
    expect(await nextDial(world)).toBe(12_000);
  });

  test('while the exchange pauses, the next socket is dialled as late as the endpoint says, until one opens', async () => {
    const adapter = fakeAdapter();
    const endpoint = { ...adapter.endpoints.public!, pausedRedialMs: 5_000 };
    const world = new FakeWorld(
      { ...adapter, endpoints: { public: endpoint } },
      { subscriptions },
      NO_JITTER,
    );
    (await world.connect()).push({ pause: 'maintenance' });
    world.socket.end(1006);
    expect(await nextDial(world)).toBe(5_000);
    // Refused, as maintenance may do.
    world.socket.end(1006);
    expect(await nextDial(world)).toBe(5_000);
    world.socket.accept();
    world.socket.end(1006);
    expect(await nextDial(world)).toBe(0);
    await world.stream.close();
  });

  test('the endpoint may know better what a code means', async () => {
    const adapter = fakeAdapter();
    const endpoint = { ...adapter.endpoints.public!, closePolicy: { 4008: { minDelayMs: 7_000 } } };
    const world = new FakeWorld(
      { ...adapter, endpoints: { public: endpoint } },
      { subscriptions },
      NO_JITTER,
    );
    (await world.connect()).end(4008);
    expect(await nextDial(world)).toBe(7_000);
    world.socket.accept();
    world.socket.end(1013);
    expect(await nextDial(world)).toBe(5_000);
  });

  test.each([
    [{}, 10_000],
    // It is about the one connection, as the endpoint knows.
    [{ closePolicy: { 1008: { minDelayMs: 10_000 } } }, 0],
    [{ closePolicy: { 1008: { minDelayMs: 3_000, isAboutAddress: true } } }, 3_000],
  ])('with code 1008 nobody else dials either, by the policy %j for %i ms', async (policy, waitMs) => {
    const adapter = fakeAdapter();
    const { limits } = adapter.endpoints.public!;
    const single = { ...limits, topicsPerConnection: { documented: 1, safe: 1 } };
    const endpoint = { ...adapter.endpoints.public!, limits: single, ...policy };
    const world = new FakeWorld(
      { ...adapter, endpoints: { public: endpoint } },
      { subscriptions },
      NO_JITTER,
    );
    (await world.connect()).end(1008);
    const closedAt = world.clock.monotonic();
    world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(10_000);
    expect(world.sockets[1]!.openedAt - closedAt).toBe(waitMs);
  });

  test('the reason of the exchange is told on one line, without secrets', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions });
    const socket = await world.connect();
    socket.handlers.onClose(1008, 'too many requests\nlistenKey=c4n4ry');
    expect(viewOf(world).reason).toBe(
      'the exchange sees its policy violated (code 1008: too many requests listenKey=[redacted])',
    );
  });
});

describe('after a refused handshake', () => {
  test.each([
    ['429 with Retry-After', refusedWith(429, 30_000), 30_000],
    ['429 without', refusedWith(429), 60_000],
    ['418 with Retry-After', refusedWith(418, 120_000), 120_000],
    ['418 without', refusedWith(418), 60_000],
    ['503 with Retry-After', refusedWith(503, 20_000), 20_000],
    ['503 without', refusedWith(503), 0],
    ['403', refusedWith(403), 0],
    ['no address', new HandshakeError('dns', 'no address'), 0],
  ])('%s: dials again in time', async (_case, error, waitMs) => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions }, NO_JITTER);
    world.stream.start();
    await world.clock.advance(0);
    world.socket.end(1006, error);
    expect(viewOf(world)).toMatchObject({
      state: 'waiting',
      reason: error.message,
      failure: error.failure,
    });
    expect(await nextDial(world)).toBe(waitMs);
  });

  test('a short Retry-After does not undercut the backoff', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions, tuning: { backoffInitialMs: 8_000 } });
    world.stream.start();
    await world.clock.advance(0);
    world.socket.end(1006, refusedWith(429, 1_000));
    expect(await nextDial(world)).toBe(4_000);
  });

  test('nobody else dials the exchange either, at any of its endpoints', async () => {
    const adapter = twoEndpoints(withConnects([{ limit: 6, windowMs: 60_000 }]));
    const world = new FakeWorld(
      adapter,
      {
        subscriptions: [
          trades('BTC/USDT'),
          trades('ETH/USDT'),
          { ...trades('BTC/USDT'), channel: 'ticker' as const },
        ],
      },
      NO_JITTER,
    );
    world.stream.start();
    await world.clock.advance(0);
    const [first, second, elsewhere] = world.sockets;
    second!.accept();
    elsewhere!.accept();
    first!.end(1006, refusedWith(429, 30_000));
    await world.clock.advance(1_000);
    second!.end(1006);
    elsewhere!.end(1006);
    await world.clock.advance(28_999);
    expect(world.sockets).toHaveLength(3);
    for (const { state, reason } of world.stream.connections()) {
      expect(state).toBe('waiting');
      expect(reason).toContain('waits for the connect budget');
    }
    await world.clock.advance(1);
    expect(world.sockets.map(({ openedAt }) => openedAt)).toEqual([0, 0, 0, 30_000, 30_000, 30_000]);
  });

  test('the failure is shown until a handshake succeeds', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions }, NO_JITTER);
    world.stream.start();
    await world.clock.advance(10_000);
    expect(viewOf(world).failure).toEqual({ kind: 'timeout' });
    await world.clock.advance(0);
    expect(viewOf(world)).toMatchObject({ state: 'connecting', failure: { kind: 'timeout' } });
    world.socket.accept();
    expect(viewOf(world)).not.toHaveProperty('failure');
  });
});

describe('the connect budget', () => {
  const WINDOWS = [
    { limit: 20, windowMs: 60_000 },
    { limit: 5, windowMs: 15_000 },
  ];

  test('holds in each of its windows when 200 sockets drop at once', async () => {
    const { world, dials, back, lastMs } = await dropAtOnce(WINDOWS);
    for (const { limit, windowMs } of WINDOWS) {
      for (const end of dials)
        expect(dials.filter((at) => at > end - windowMs && at <= end).length).toBeLessThanOrEqual(limit);
    }
    expect(back).toHaveLength(200);
    // The last one as soon as the budget allows: 20 a minute.
    expect(lastMs).toBeLessThanOrEqual(11 * 60_000);
    const closing = world.stream.close();
    await world.clock.advance(0);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  test('leaves 200 that fit into it spread over the first backoff, not in one burst', async () => {
    const { back } = await dropAtOnce([{ limit: 400, windowMs: 300_000 }]);
    const tenths = Array.from({ length: 10 }, () => 0);
    for (const afterMs of back) tenths[Math.floor(afterMs / 50)]!++;
    for (const inTenth of tenths) expect(Math.abs(inTenth - 20)).toBeLessThanOrEqual(5);
  });

  test.each([
    ['429', refusedWith(429), 60_000],
    ['429 with Retry-After', refusedWith(429, 30_000), 30_000],
    ['418', refusedWith(418), 60_000],
    ['503 with Retry-After, which is not about our address', refusedWith(503, 30_000), 0],
  ])('a handshake refused with %s stops REST too, where it should', async (_case, error, waitMs) => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions }, NO_JITTER);
    world.stream.start();
    await world.clock.advance(0);
    world.socket.end(1006, error);
    expect(await nextRequest(world)).toBe(waitMs);
  });

  test.each([
    [429, {}, 0],
    [429, { 'retry-after': '40' }, 40_000],
    [418, {}, 60_000],
    [503, { 'retry-after': '40' }, 0],
  ])('REST refused with %i %o stops whoever would dial, where it should', async (status, headers, waitMs) => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions }, NO_JITTER);
    const socket = await world.connect();
    world.respond = () => Promise.resolve({ status, headers, body: '' });
    await expect(
      restOf(world).call(world.adapter.rest.instruments, undefined, { attempts: 1 }),
    ).rejects.toMatchObject({
      status,
    });
    socket.end(1006);
    expect(await nextDial(world)).toBe(waitMs);
  });
});

/**
 * Opens 200 sockets at an exchange that takes every one of them, confirms everything and answers pings, drops all at once,
 * and waits until they are back. Returns all dials, and those after the drop in milliseconds after it.
 */
async function dropAtOnce(
  windows: readonly { limit: number; windowMs: number }[],
): Promise<{ world: FakeWorld; dials: number[]; back: number[]; lastMs: number }> {
  const symbols = Array.from({ length: 200 }, (_, index) => `C${index}/USDT`);
  const world = new FakeWorld(
    withConnects(windows),
    { subscriptions: symbols.map(trades), tuning: { trafficTimeoutMs: 3_600_000 } },
    scattered(),
  );
  world.symbols = symbols;
  world.stream.start();
  const untilAllAreOpen = async (): Promise<void> => {
    for (let second = 0; second < 900 && open(world).length < 200; second += 5) {
      await world.clock.advance(5_000);
      for (const socket of world.sockets) {
        if (socket.closed) continue;
        if (socket.accepted) socket.handlers.onPong();
        else socket.accept();
        socket.ackAll();
      }
    }
    expect(open(world)).toHaveLength(200);
  };
  await untilAllAreOpen();
  const droppedAt = world.clock.monotonic();
  for (const socket of [...world.sockets]) socket.end(1006);
  await untilAllAreOpen();
  const dials = world.sockets.map(({ openedAt }) => openedAt);
  const back = dials.slice(200).map((at) => at - droppedAt);
  return { world, dials, back, lastMs: Math.max(...back) };
}

/** Draws spread over the whole range, always the same. */
function scattered(): { next: () => number } {
  let drawn = 0;
  return { next: () => (++drawn * 0.618034) % 1 };
}

const open = (world: FakeWorld): ConnectionView[] =>
  world.stream.connections().filter(({ state }) => state === 'open');

/** A REST client that shares the world's budgets. */
function restOf({ adapter, stream }: FakeWorld): RestClient {
  const { platform } = stream;
  return new RestClient({
    ...{ exchange: 'fake', declaration: adapter.rest, timeoutMs: 5_000, platform },
    hosts: new RestHosts(() => ({ urls: ['https://rest.test'] }), 60_000, platform.clock),
    time: { now: () => platform.clock.now(), refresh: () => Promise.resolve(false) },
    rejected: () => undefined,
    requested: () => undefined,
  });
}

/** How long after now a REST request goes out. */
async function nextRequest(world: FakeWorld): Promise<number> {
  const start = world.clock.monotonic();
  let wentAt = -1;
  world.respond = () => {
    wentAt = world.clock.monotonic();
    return Promise.resolve({ status: 200, headers: {}, body: '[]' });
  };
  const answered = restOf(world).call(world.adapter.rest.instruments, undefined, { attempts: 1 });
  await world.clock.advance(100_000);
  await answered;
  return wentAt - start;
}

/** One topic a connection, within these windows of connection attempts. */
function withConnects(windows: readonly { limit: number; windowMs: number }[]): ExchangeAdapter {
  const adapter = fakeAdapter({ topicsPerConnection: 1 });
  const endpoint = adapter.endpoints.public!;
  const connects = windows.map(({ limit, windowMs }) => ({ documented: limit, safe: limit, windowMs }));
  return {
    ...adapter,
    endpoints: {
      public: {
        ...endpoint,
        limits: { ...endpoint.limits, connects },
        heartbeat: { sender: 'client', intervalMs: 60_000, deadlineMs: 180_000 },
      },
    },
  };
}

/** The ticker on an endpoint of its own. */
function twoEndpoints(adapter: ExchangeAdapter): ExchangeAdapter {
  return {
    ...adapter,
    endpoints: { ...adapter.endpoints, other: adapter.endpoints.public! },
    channels: {
      ...adapter.channels,
      ticker: { endpoint: 'other', params: {}, topic: (nativeSymbol) => `ticker.${nativeSymbol}` },
    },
  };
}
