import type { SubscriptionParams } from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '../../../src/engine/index.ts';
import { FedWorld, fedAdapter, INTEREST } from './fed-exchange.ts';
import { follow } from './valued-exchange.ts';

const MARK = { topic: 'mark.BTCUSDT', at: 1, derivatives: { markPrice: '10' } };

describe('what only REST tells', () => {
  let world: FedWorld;
  const hold = (symbol = 'BTC/USDT', params: SubscriptionParams = {}): SubscriptionHandle =>
    world.stream.subscribe({ exchange: 'fake', channel: 'derivatives', symbol, params });
  beforeEach(() => {
    const params = { speed: { description: 'Of the stream', values: [1, 2], default: 1 } };
    world = new FedWorld(fedAdapter({ params, further: [], polls: [INTEREST] }));
  });
  afterEach(() => world.end());

  test('comes in the same events, again and again, in intervals that differ', async () => {
    const told = follow(hold());
    await world.begin();
    world.push('stream', MARK);
    await world.pass(60_000);
    expect(told.at(-1)).toMatchObject({ type: 'derivatives', markPrice: '10', openInterest: '5' });
    world.push('stream', { ...MARK, derivatives: { markPrice: '11' } });
    expect(told.at(-1)).toMatchObject({ markPrice: '11', openInterest: '5' });
    const gaps = world.asked.slice(1).map(({ at }, index) => at - world.asked[index]!.at);
    expect(world.asked[0]!.at).toBeGreaterThan(0);
    expect(world.asked.length).toBeGreaterThanOrEqual(5);
    for (const gap of gaps) expect(gap).toBeGreaterThan(10_000);
  });

  test('is asked for once for all who want it, and no more when nobody does', async () => {
    const [first, second] = [hold(), hold('BTC/USDT', { speed: 2 })];
    hold('ETH/USDT');
    await world.begin();
    await world.pass(5_000);
    expect(world.asked.map(({ symbol }) => symbol).sort()).toEqual(['BTCUSDT', 'ETHUSDT']);
    expect(world.stream.subscriptions()).toHaveLength(3);
    for (const { symbol, lastEventAt } of world.stream.subscriptions())
      expect([symbol, lastEventAt]).toEqual([symbol, expect.any(Number)]);
    await first.unsubscribe();
    await world.pass(10_000);
    expect(world.asked.filter(({ symbol }) => symbol === 'BTCUSDT')).toHaveLength(2);
    await second.unsubscribe();
    await world.pass(30_000);
    expect(world.asked.filter(({ symbol }) => symbol === 'BTCUSDT')).toHaveLength(2);
  });

  test('harms nothing else where it fails: that is told, and after some failures the field is unknown', async () => {
    const handle = hold();
    await world.begin();
    world.push('stream', MARK);
    await world.pass(6_000);
    expect(handle.latest()).toMatchObject({ openInterest: '5' });
    world.interest = undefined;
    await world.pass(40_000);
    const failures = world.lifecycle.filter(({ type }) => type === 'seed-failed');
    expect(failures.length).toBeGreaterThanOrEqual(3);
    expect(failures[0]).toMatchObject({ subscription: handle.key });
    world.push('stream', MARK);
    expect(handle.latest()).not.toHaveProperty('openInterest');
    expect(handle.view()).toMatchObject({ state: 'subscribed', data: 'live' });
    world.interest = '7';
    await world.pass(15_000);
    expect(handle.latest()).toMatchObject({ openInterest: '7' });
  });

  test('of which there is nothing for an instrument is no failure', async () => {
    world.interest = '';
    const handle = hold();
    await world.begin();
    world.push('stream', MARK);
    await world.pass(30_000);
    expect(world.lifecycle.filter(({ type }) => type === 'seed-failed')).toEqual([]);
    expect(handle.latest()).not.toHaveProperty('openInterest');
  });

  test('stays within the budget of REST, however many want it', async () => {
    world.symbols = Array.from({ length: 150 }, (_, index) => `C${index}/USDT`);
    for (const symbol of world.symbols) hold(symbol);
    await world.begin();
    await world.pass(120_000);
    const inWindow = (from: number): number =>
      world.asked.filter(({ at }) => at >= from && at < from + 60_000).length;
    for (const { at } of world.asked) expect(inWindow(at)).toBeLessThanOrEqual(100);
    expect(new Set(world.asked.map(({ symbol }) => symbol)).size).toBeGreaterThan(90);
  });

  test('is asked for four instruments at a time', async () => {
    world.symbols = Array.from({ length: 10 }, (_, index) => `C${index}/USDT`);
    for (const symbol of world.symbols) hold(symbol);
    const { respond } = world;
    let open = 0;
    let most = 0;
    world.respond = async (request) => {
      if (!request.url.includes('/interest')) return respond(request);
      most = Math.max(most, ++open);
      await new Promise<void>((resolve) => world.clock.after(2_000, resolve));
      open--;
      return respond(request);
    };
    await world.begin();
    await world.pass(12_000);
    expect(most).toBe(4);
    expect(new Set(world.asked.map(({ symbol }) => symbol)).size).toBe(10);
  });

  test('is not known in another world of the exchange until that has told it', async () => {
    const handle = hold();
    await world.begin();
    world.push('stream', MARK);
    await world.pass(6_000);
    world.interest = '7';
    world.stream.manager('fake').setEnvironment('testnet');
    await world.pass(2_000);
    await world.accept();
    for (const socket of world.sockets) if (!socket.closed) socket.ackAll();
    const told = follow(handle);
    world.push('stream', MARK);
    expect(told.filter((event) => typeof event === 'object')).not.toContainEqual(
      expect.objectContaining({ openInterest: '5' }),
    );
    await world.pass(6_000);
    expect(handle.latest()).toMatchObject({ markPrice: '10', openInterest: '7' });
  });

  test('rests while the exchange is disabled', async () => {
    hold();
    await world.begin();
    await world.pass(6_000);
    const disabled = world.stream.manager('fake').disable();
    await world.clock.advance(5_000);
    await disabled;
    const asked = world.asked.length;
    await world.clock.advance(60_000);
    expect(world.asked).toHaveLength(asked);
    world.stream.manager('fake').enable();
    await world.accept();
    await world.pass(11_000);
    expect(world.asked.length).toBeGreaterThan(asked);
  });
});

describe('a channel that REST alone has', () => {
  test('is on no connection, live when it is told and stale when it is not any more', async () => {
    const world = new FedWorld(fedAdapter({ topic: () => '', further: [], polls: [INTEREST] }));
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'derivatives', symbol: 'BTC/USDT' });
    const told = follow(handle);
    await world.begin();
    expect(handle.view().state).toBe('subscribed');
    await world.pass(6_000);
    expect(told).toEqual([
      'syncing',
      { type: 'derivatives', exchangeTime: undefined, openInterest: '5' },
      'live',
    ]);
    world.interest = undefined;
    await world.pass(60_000);
    expect(handle.view()).toMatchObject({ state: 'subscribed', data: 'stale' });
    expect(world.sockets).toEqual([]);
    await world.end();
  });
});
