import { LabWorld, type LabWorldOptions } from './lab-world.ts';

const TICKER = { exchange: 'lab', channel: 'ticker', symbol: 'ETH/USDT' } as const;

/** A lab whose connection is open and carries a book. */
async function settled(options: Partial<LabWorldOptions> = {}): Promise<LabWorld> {
  const world = new LabWorld({ seed: 1, ...options });
  await world.clock.advance(5_000);
  return world;
}

/** What random scripts have found once, in as few steps as it takes. */
describe('found by scripts', () => {
  test('a topic whose ack was lost is confirmed by the connection that replaces its own', async () => {
    const world = await settled();
    world.exchange.faults.inject({ type: 'lose-ack', count: 1, forMs: 10_000 });
    world.network.drop();
    await world.clock.advance(5_000);
    expect(world.view('book:BTC-USDT')).toMatchObject({ state: 'resubscribing', data: 'live' });
    const { connection } = world.view('book:BTC-USDT');
    if (connection === undefined) throw new Error('Nobody carries the book.');
    expect(world.stream.manager('lab').rotate(connection)).toBe(true);
    await world.clock.advance(5_000);
    expect(world.view('book:BTC-USDT')).toMatchObject({ state: 'subscribed', data: 'live', attempts: 0 });
    expect(world.view('book:BTC-USDT').connection).not.toBe(connection);
    await world.expectTruth();
    await world.close();
  });

  test('a halt whose end was told while the connection was away ends', async () => {
    const world = await settled();
    world.exchange.halt('BTC-USDT');
    await world.clock.advance(1_000);
    expect(world.view('book:BTC-USDT').data).toBe('halted');
    world.network.drop();
    await world.clock.advance(50);
    world.exchange.reopen('BTC-USDT');
    await world.clock.advance(10_000);
    await world.expectTruth();
    await world.close();
  });

  test('a topic that was given up because no ack came is not left on the wire', async () => {
    const world = await settled();
    world.exchange.faults.inject({ type: 'lose-ack', forMs: 40_000 });
    world.hold(TICKER);
    await world.clock.advance(35_000);
    expect(world.view('ticker:ETH-USDT')).toMatchObject({ state: 'failed', failure: 'ack-timeout' });
    world.release(TICKER);
    await world.clock.advance(20_000);
    await world.expectTruth();
    await world.close();
  });

  test('a topic whose ack was lost is given back when it is let go before it is asked for again', async () => {
    const world = await settled();
    world.exchange.faults.inject({ type: 'lose-ack', count: 1, forMs: 5_000 });
    world.hold(TICKER);
    await world.clock.advance(9_990);
    // The second request has to wait for the message budget.
    for (const channel of ['trades', 'quotes', 'ticker', 'book'] as const) {
      world.hold({ exchange: 'lab', channel, symbol: channel === 'book' ? 'ETH/USDT' : 'BTC/USDT' });
      await world.clock.advance(2);
    }
    await world.clock.advance(20);
    expect(world.view('ticker:ETH-USDT').reason).toBe('waiting for the message budget');
    world.release(TICKER);
    await world.clock.advance(20_000);
    await world.expectTruth();
    await world.close();
  });

  test('a topic that is let go and taken up again around its ack is confirmed', async () => {
    const world = await settled();
    // The ack comes 10 ms after the request; what was scheduled before it comes first.
    world.clock.after(10, () => {
      world.clock.after(0, () => world.hold(TICKER));
      world.release(TICKER);
    });
    world.hold(TICKER);
    await world.clock.advance(30_000);
    expect(world.view('ticker:ETH-USDT')).toMatchObject({ state: 'subscribed', data: 'live' });
    await world.expectTruth();
    await world.close();
  });

  test('a topic that two connections carry while it goes over keeps its other variants off both', async () => {
    const world = await settled({ dialects: { exclusiveBooks: true } });
    const { connection = '' } = world.view('book:BTC-USDT');
    expect(world.stream.manager('lab').rotate(connection)).toBe(true);
    world.hold({ exchange: 'lab', channel: 'book', symbol: 'BTC/USDT', params: { depth: 10 } });
    await world.clock.advance(10_000);
    await world.expectTruth();
    await world.close();
  });

  test('an exchange that is disabled during a rotation comes back on connections that there are', async () => {
    const world = await settled();
    const { connection = '' } = world.view('book:BTC-USDT');
    expect(world.stream.manager('lab').rotate(connection)).toBe(true);
    await world.clock.advance(20);
    void world.stream.disable('lab');
    await world.clock.advance(5);
    world.stream.enable('lab');
    await world.clock.advance(10_000);
    expect(world.view('book:BTC-USDT').connection).not.toBe(connection);
    await world.expectTruth();
    await world.close();
  });

  test('a halt that was told in a pause, and whose end nobody tells, ends', async () => {
    const world = await settled();
    world.exchange.pause();
    await world.clock.advance(1_000);
    world.exchange.halt('BTC-USDT');
    await world.clock.advance(1_000);
    world.exchange.resume();
    // Before the connection has asked for anything again.
    world.exchange.reopen('BTC-USDT');
    await world.clock.advance(1_000);
    await world.expectTruth();
    await world.close();
  });

  test.each(['waiting', 'connecting', 'open'] as const)(
    'an exchange that is disabled by who is told that a connection is %s leaves no socket behind',
    async (state) => {
      const world = await settled();
      const end = world.stream.onLifecycle((event) => {
        if (event.type !== 'connection' || event.connection.exchange !== 'lab') return;
        if (event.connection.state !== state) return;
        end();
        void world.stream.disable('lab');
      });
      world.network.drop();
      await world.clock.advance(20_000);
      expect(world.exchange.connections.size).toBe(0);
      world.stream.enable('lab');
      await world.clock.advance(20_000);
      await world.expectTruth();
      await world.close();
    },
  );

  test('a connection that owes pings sends them in a pause too', async () => {
    const world = await settled({ dialects: { heartbeat: 'json' } });
    for (let pause = 0; pause < 3; pause++) {
      await world.clock.advance(9_000);
      world.exchange.pause();
      await world.clock.advance(40_000);
      world.exchange.resume();
    }
    await world.clock.advance(5_000);
    expect(world.exchange.violations).toEqual([]);
    await world.expectTruth();
    await world.close();
  });

  test('a pause that begins and ends during a login lets nothing be asked before it', async () => {
    const world = await settled();
    world.hold({ exchange: 'lab', channel: 'raw', symbol: 'orders' });
    const isLoggingIn = (): boolean =>
      world.stream.connections().some(({ state }) => state === 'authenticating');
    while (!isLoggingIn()) await world.clock.advance(1);
    world.exchange.pause();
    await world.clock.advance(1);
    world.exchange.resume();
    await world.clock.advance(30_000);
    await world.expectTruth();
    await world.close();
  });

  test.each(
    (['count', 'grow', 'text'] as const).flatMap((tradeIds) =>
      (['id', 'time', 'recent'] as const).map((tradeHistory) => ({ tradeIds, tradeHistory })),
    ),
  )('what was traded before the first trade is not told after a reconnect (%j)', async (dialects) => {
    const world = new LabWorld({ seed: 999_994, dialects });
    world.followTrades('BTC/USDT');
    while (world.trades.compared === 0) await world.clock.advance(1_000);
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(60_000);
    expect(world.trades.wrong).toEqual([]);
    expect(world.trades.compared).toBeGreaterThan(5);
    await world.close();
  });

  test('candles whose connection is taken away with the whole exchange are asked for when it is back', async () => {
    const candles = {
      exchange: 'lab',
      channel: 'candles',
      symbol: 'BTC/USDT',
      params: { interval: '1m' },
    } as const;
    const world = await settled();
    world.hold(candles);
    await world.clock.advance(5_000);
    void world.stream.disable('lab');
    await world.clock.advance(18_657);
    world.stream.enable('lab');
    await world.clock.advance(60_000);
    await world.expectTruth();
    await world.close();
  });
});
