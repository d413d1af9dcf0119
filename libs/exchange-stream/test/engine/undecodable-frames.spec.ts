import type { ConnectionView, EngineTuning } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const viewOf = (world: FakeWorld): ConnectionView => world.stream.connections()[0]!;

async function connected(tuning: EngineTuning = {}): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')], tuning });
  const socket = await world.connect();
  socket.ackAll();
  return { world, socket };
}

const push = (socket: FakeSocket, frame: string, times: number): void => {
  for (let time = 0; time < times; time++) socket.push(frame);
};

describe('frames that cannot be decoded', () => {
  test.each([
    ['garbage', 'no json'],
    ['truncated', '{"topic":"trades.BTCUSDT","id":'],
    ['nothing', ' '],
  ])('are dropped one by one: %s', async (_what, frame) => {
    const { world, socket } = await connected();
    push(socket, frame, 19);
    socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '1' });
    expect(viewOf(world).state).toBe('open');
    expect(world.stream.manager('fake').counters()).toMatchObject({ undecodable: 19, events: { trades: 1 } });
  });

  test('cost the connection when too many come within the window', async () => {
    const { world, socket } = await connected();
    push(socket, 'no json', 20);
    expect(viewOf(world)).toMatchObject({
      state: 'waiting',
      reason: '20 frames within 60000 ms could not be decoded',
    });
    await world.clock.advance(1_000);
    world.socket.accept();
    push(world.socket, 'no json', 19);
    expect(viewOf(world)).toMatchObject({ state: 'open', reconnects: 1 });
  });

  test('are forgiven when they are few at a time', async () => {
    const { world, socket } = await connected({ undecodableFrames: 3, undecodableWindowMs: 1_000 });
    for (let round = 0; round < 10; round++) {
      push(socket, 'no json', 2);
      await world.clock.advance(1_000);
      socket.handlers.onPong();
    }
    expect(viewOf(world).state).toBe('open');
    push(socket, 'no json', 3);
    expect(viewOf(world).reason).toBe('3 frames within 1000 ms could not be decoded');
  });

  test('are counted anew on a fresh socket', async () => {
    const { world, socket } = await connected();
    push(socket, 'no json', 19);
    socket.end(1006);
    await world.clock.advance(1_000);
    world.socket.accept();
    push(world.socket, 'no json', 19);
    expect(viewOf(world).state).toBe('open');
  });

  test('can be looked into: the newest five, cut and redacted', async () => {
    const { world, socket } = await connected();
    expect(viewOf(world)).not.toHaveProperty('undecodableFrames');
    for (let n = 1; n <= 6; n++) socket.push(`frame ${n}`);
    socket.push(`wss://one.test/ws?listenKey=c4n4ry ${'x'.repeat(100_000)}`);
    const frames = viewOf(world).undecodableFrames ?? [];
    expect(frames.map(({ beginning }) => beginning.slice(0, 15))).toEqual([
      'frame 3',
      'frame 4',
      'frame 5',
      'frame 6',
      'wss://one.test/',
    ]);
    expect(frames[0]).toMatchObject({
      receivedAt: world.clock.now(),
      problem: expect.stringContaining('JSON') as string,
    });
    expect(frames[4]?.beginning.length).toBeGreaterThan(400);
    expect(frames[4]?.beginning.length).toBeLessThanOrEqual(500);
    expect(JSON.stringify([frames, world.lifecycle])).not.toContain('c4n4ry');
  });
});
