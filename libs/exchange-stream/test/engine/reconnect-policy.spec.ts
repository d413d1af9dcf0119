import { HandshakeError, type ConnectionView } from '../../src/engine/index.ts';
import type { ExchangeAdapter } from '../../src/contract/index.ts';
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
    const adapter = twoEndpoints(fakeAdapter({ topicsPerConnection: 1 }));
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
