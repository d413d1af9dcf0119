import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

/** One connection of an exchange that wants to be greeted. */
async function connected(): Promise<FakeWorld> {
  const world = new FakeWorld(fakeAdapter({ introduces: true }), { subscriptions: [trades('BTC/USDT')] });
  await world.connect();
  return world;
}

const ops = (world: FakeWorld): string[] => world.socket.sent.map(({ op }) => op);

async function close(world: FakeWorld): Promise<void> {
  await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  expect(world.clock.pending).toBe(0);
}

describe('what a session has to say before topics', () => {
  test('is confirmed first, on every socket, and goes out before what users have set', async () => {
    const world = await connected();
    expect(ops(world)).toEqual(['hello']);
    await world.clock.advance(1_000);
    expect(ops(world)).toEqual(['hello']);
    world.socket.ackAll();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['sub']);
    world.socket.ackAll();
    const hold = world.stream.manager('fake').hold('public');
    void hold.configure('flags', () => ({ frame: JSON.stringify({ op: 'conf', key: 'f', topics: [] }) }));
    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['hello', 'conf']);
    await close(world);
  });

  test('costs the socket when nobody answers', async () => {
    const world = await connected();
    await world.clock.advance(3_000);
    expect(world.stream.connections()).toMatchObject([
      { state: 'waiting', reason: 'what was configured was not confirmed: RequestTimeoutError' },
    ]);
    await close(world);
  });

  test('is left away when it is refused for good, which is told', async () => {
    const world = await connected();
    world.socket.push({ refuse: world.socket.sent.at(-1)?.key });
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['hello', 'sub']);
    expect(world.lifecycle.filter(({ type }) => type === 'frame-problem')).toMatchObject([
      { problem: 'rejected', detail: expect.stringMatching(/"op":"hello".*: .*no/) as string },
    ]);
    await close(world);
  });

  test('lets topics wait, which is nobody’s mistake', async () => {
    const adapter = fakeAdapter({ introduces: true });
    const { public: endpoint } = adapter.endpoints;
    const world = new FakeWorld(
      { ...adapter, endpoints: { public: { ...endpoint!, ackDeadlineMs: 20_000 } } },
      { subscriptions: [trades('BTC/USDT')] },
    );
    await world.connect();
    for (let second = 0; second < 15; second++) {
      await world.clock.advance(1_000);
      world.socket.handlers.onPong();
      expect(world.stream.audit()).toEqual([]);
    }
    expect(ops(world)).toEqual(['hello']);
    await close(world);
  });

  test('ends with its socket', async () => {
    const world = await connected();
    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    await world.clock.advance(0);
    expect(ops(world)).toEqual(['sub']);
    await close(world);
  });
});
