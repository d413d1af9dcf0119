import { ClosedError, SubscriptionRequestError } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades, type FakeSocket } from './fake-exchange.ts';

const BTC = trades('BTC/USDT');
const ETH = trades('ETH/USDT');
const SOL = trades('SOL/USDT');

/** Every frame about topics that the client sent since it was last asked, confirmed. */
async function framesOf(world: FakeWorld, socket: FakeSocket): Promise<string[]> {
  await world.clock.advance(2_000);
  const frames = socket.sent.map(({ op, topics }) => `${op} ${topics.join(',')}`);
  socket.ackAll();
  await world.clock.advance(0);
  return frames;
}

const stateOf = (world: FakeWorld): Record<string, number> =>
  Object.fromEntries(world.stream.subscriptions().map(({ symbol, references }) => [symbol, references]));

async function worldWith(...symbols: string[]): Promise<{ world: FakeWorld; socket: FakeSocket }> {
  const world = new FakeWorld(fakeAdapter(), { subscriptions: symbols.map(trades) });
  const socket = await world.connect();
  socket.ackAll();
  await world.clock.advance(0);
  return { world, socket };
}

describe('default subscriptions', () => {
  test('are replaced by sending the difference only', async () => {
    const { world, socket } = await worldWith('BTC/USDT', 'ETH/USDT');
    const before = world.stream.subscriptions()[0];
    const diff = world.stream.setDefaults([SOL, BTC]);
    expect(diff).toEqual({
      added: [SOL],
      kept: [BTC],
      released: [ETH],
      duplicates: [],
      unmatched: [],
      refused: [],
    });
    expect((await framesOf(world, socket)).sort()).toEqual(['sub trades.SOLUSDT', 'unsub trades.ETHUSDT']);
    expect(stateOf(world)).toEqual({ 'BTC/USDT': 1, 'SOL/USDT': 1 });
    const after = world.stream.subscriptions()[0];
    expect(after).toMatchObject({
      key: before!.key,
      stateSince: before!.stateSince,
      lastAckAt: before!.lastAckAt,
    });
    expect(world.sockets).toHaveLength(1);
  });

  test('may be given again, doubled and in another order without a frame', async () => {
    const { world, socket } = await worldWith('BTC/USDT', 'ETH/USDT');
    const diff = world.stream.setDefaults([ETH, { ...BTC, params: {} }, BTC, ETH]);
    expect(diff).toMatchObject({ added: [], kept: [ETH, BTC], released: [], duplicates: [BTC, ETH] });
    expect(await framesOf(world, socket)).toEqual([]);
    expect(stateOf(world)).toEqual({ 'BTC/USDT': 1, 'ETH/USDT': 1 });
  });

  test('share the wire with other holders, whom their release does not harm', async () => {
    const { world, socket } = await worldWith('BTC/USDT');
    const handle = world.stream.subscribe(BTC);
    world.stream.setDefaults([]);
    expect(await framesOf(world, socket)).toEqual([]);
    expect(stateOf(world)).toEqual({ 'BTC/USDT': 1 });
    world.stream.setDefaults([BTC]);
    await handle.unsubscribe();
    expect(await framesOf(world, socket)).toEqual([]);
    world.stream.setDefaults([]);
    expect(await framesOf(world, socket)).toEqual(['unsub trades.BTCUSDT']);
  });

  test.each([
    ['an exchange', { ...SOL, exchange: 'other' }, 'UNKNOWN_EXCHANGE'],
    ['a symbol', trades('NO/PE'), 'UNKNOWN_SYMBOL'],
    ['a parameter', { ...SOL, params: { depth: 5 } }, 'INVALID_PARAMETER'],
  ])('stay as they are when %s of the new list cannot be met', async (_what, wrong, code) => {
    const { world, socket } = await worldWith('BTC/USDT', 'ETH/USDT');
    const before = world.stream.subscriptions();
    expect(() => world.stream.setDefaults([SOL, wrong])).toThrow(SubscriptionRequestError);
    expect(() => world.stream.setDefaults([SOL, wrong])).toThrow(expect.objectContaining({ code }) as Error);
    expect(world.stream.subscriptions()).toEqual(before);
    expect(await framesOf(world, socket)).toEqual([]);
    expect(world.stream.subscriptions().map(({ reason }) => reason)).toEqual(
      before.map(({ reason }) => reason),
    );
  });

  test('that the exchange does not trade are no reason to refuse a later list', async () => {
    const { world, socket } = await worldWith('BTC/USDT', 'GONE/USDT');
    expect(world.stream.subscriptions()[1]).toMatchObject({ symbol: 'GONE/USDT', state: 'failed' });
    const list = [BTC, trades('GONE/USDT'), SOL];
    expect(world.stream.setDefaults(list).added).toEqual([SOL]);
    expect(await framesOf(world, socket)).toEqual(['sub trades.SOLUSDT']);
    expect(world.stream.setDefaults([BTC]).released).toEqual([trades('GONE/USDT'), SOL]);
  });

  test('may be replaced before the start, and not after the end', async () => {
    const world = new FakeWorld(fakeAdapter(), { subscriptions: [BTC] });
    world.stream.setDefaults([ETH]);
    const socket = await world.connect();
    expect(socket.sent).toMatchObject([{ op: 'sub', topics: ['trades.ETHUSDT'] }]);
    const closed = world.stream.close();
    expect(() => world.stream.setDefaults([])).toThrow(ClosedError);
    await world.clock.advance(10_000);
    await closed;
  });
});
