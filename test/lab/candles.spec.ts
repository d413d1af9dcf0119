import {
  CandleInterval,
  joinCandles,
  type CandleNumbers,
  type SubscriptionParams,
} from '@exchange-stream/market-data';
import type { SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import { CandleFollower } from '../world/candle-follower.ts';
import { LabWorld } from './lab-world.ts';

const MINUTE = 60_000;
const TOPIC = 'candles.1m:BTC-USDT';

class CandleWorld extends LabWorld {
  follower = new CandleFollower(new CandleInterval('1m'));
  handle!: SubscriptionHandle<'candles'>;

  static async start(
    params: SubscriptionParams = {},
    candles: 'flagged' | 'unflagged' | 'sparse' = 'flagged',
    trades: { readonly tradeHistory?: 'none' } = {},
  ): Promise<CandleWorld> {
    const world = new CandleWorld({ seed: 7, dialects: { books: 'range', candles, ...trades } });
    const { interval = '1m' } = params;
    world.follower = new CandleFollower(new CandleInterval(String(interval)));
    await world.clock.advance(10_000);
    world.handle = world.stream.subscribe({
      ...{ exchange: 'lab', channel: 'candles', symbol: 'BTC/USDT' },
      params: { interval, ...params },
    });
    world.handle.on((event) => world.follower.receive(event));
    return world;
  }

  expectCandles(interval: '1m' | '3m' | '30m' = '1m', skipsQuiet = false): void {
    expect(this.follower.broken).toEqual([]);
    expect([...this.follower.missing]).toEqual([]);
    const truth = this.exchange.market.candles('BTC-USDT', interval);
    expect(this.follower.differencesFrom(truth, skipsQuiet)).toEqual([]);
    this.expectAllAccountedFor();
  }

  /** Minutes of which every candle was told come to the exchange's own ones. @param least how many there are */
  expectMinutes(least: number): void {
    expect(this.follower.broken).toEqual([]);
    const { closed, missing } = this.follower;
    const from = Math.min(...closed.keys());
    let whole = 0;
    for (const truth of this.exchange.market.candles('BTC-USDT', '1m')) {
      const { openTime } = truth;
      const times = Array.from({ length: 6 }, (_, part) => openTime + part * 10_000);
      if (openTime < from || !truth.closed || times.some((time) => missing.has(time))) continue;
      const parts = times.flatMap((time) => closed.get(time) ?? []);
      const [first, ...others] = parts;
      if (!first) continue;
      expect(others.reduce<CandleNumbers>(joinCandles, first)).toMatchObject({
        ...{
          open: truth.open,
          high: truth.high,
          low: truth.low,
          close: truth.close,
          tradeCount: truth.trades,
        },
      });
      expect(parts.every(({ source }) => source === 'derived')).toBe(true);
      whole++;
    }
    expect(whole).toBeGreaterThanOrEqual(least);
    this.expectAllAccountedFor();
  }

  sources(): string[] {
    return [...new Set([...this.follower.closed.values()].map(({ source }) => source))];
  }
}

describe('candles of lab', () => {
  test('begin with a history that joins the stream', async () => {
    const world = await CandleWorld.start({ history: 1_200 });
    await world.clock.advance(5_000);
    // Three pages of 500 at most.
    expect(world.follower.closed.size).toBe(1_200);
    expect(world.handle.series?.ready).toBe(true);
    expect(world.handle.series?.holes()).toEqual([]);
    await world.clock.advance(2 * MINUTE);
    expect(world.follower.closed.size).toBe(1_202);
    world.expectCandles();
    await world.close();
  });

  test('can be asked for further back, in order, each once, and without the running one', async () => {
    const world = await CandleWorld.start();
    await world.clock.advance(5_000);
    const to = world.clock.now();
    const asked = world.handle.series?.history({ from: to - 1_300 * MINUTE, to });
    await world.clock.advance(1_000);
    const { candles, gaps, quiet } = (await asked) ?? { candles: [], gaps: [], quiet: [] };
    const truth = world.exchange.market.candles('BTC-USDT', '1m').filter(({ closed }) => closed);
    expect(candles.map(({ openTime, close }) => [openTime, close])).toEqual(
      truth.slice(-candles.length).map(({ openTime, close }) => [openTime, close]),
    );
    expect(candles.length).toBe(1_300);
    expect([gaps, quiet]).toEqual([[], []]);
    await expect(world.handle.series?.history({ from: to, to: to - 1 })).rejects.toThrow('history: got from');
    await world.close();
  });

  test('come from REST alone where that is asked for, each right after its bucket', async () => {
    const world = await CandleWorld.start({ source: 'rest', history: 3 });
    await world.clock.advance(10 * MINUTE);
    expect(world.follower.closed.size).toBe(13);
    expect(world.sources()).toEqual(['rest']);
    expect(world.handle.view()).toMatchObject({ state: 'subscribed', data: 'live' });
    expect(world.handle.view().connection).toBeUndefined();
    world.expectCandles();
    void world.stream.manager('lab').disable();
    await world.clock.advance(3 * MINUTE);
    expect(world.handle.view()).toMatchObject({ state: 'inactive', data: 'stale' });
    world.stream.manager('lab').enable();
    await world.clock.advance(3 * MINUTE);
    world.expectCandles();
    world.expectPromises();
    await world.close();
  });

  test('come from REST while the stream is away, and from the stream when it is back', async () => {
    const world = await CandleWorld.start();
    await world.clock.advance(3 * MINUTE);
    world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503, path: '/market' });
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(5 * MINUTE);
    expect(world.handle.view()).toMatchObject({ state: 'resubscribing', data: 'live' });
    world.expectCandles();
    expect(world.sources()).toEqual(['stream', 'rest']);
    world.exchange.faults.clear();
    await world.clock.advance(5 * MINUTE);
    world.expectCandles();
    expect(world.follower.running?.source).toBe('stream');
    world.expectPromises();
    await world.close();
  });

  test.each([5_000, -5_000])('are right though our clock is %d ms off', async (offsetMs) => {
    const world = new CandleWorld({ seed: 7, dialects: { books: 'range' } });
    world.ownClock.aheadMs = offsetMs;
    await world.clock.advance(10_000);
    const handle = world.stream.subscribe({
      ...{ exchange: 'lab', channel: 'candles', symbol: 'BTC/USDT' },
      params: { interval: '1m', history: 5, source: 'rest' },
    });
    handle.on((event) => world.follower.receive(event));
    await world.clock.advance(5 * MINUTE);
    expect(world.follower.closed.size).toBeGreaterThanOrEqual(9);
    expect(world.follower.corrections).toEqual([]);
    world.expectCandles();
    await world.close();
  });

  test.each(['unflagged', 'sparse'] as const)(
    'close once and in order where they are %s',
    async (candles) => {
      const world = await CandleWorld.start({ history: 5 }, candles);
      const isSparse = candles === 'sparse';
      await world.clock.advance(4 * MINUTE);
      world.exchange.faults.inject({ type: 'cut' });
      await world.clock.advance(4 * MINUTE);
      world.expectCandles('1m', isSparse);
      // A market at rest.
      world.exchange.market.pause();
      await world.clock.advance(3 * MINUTE);
      world.exchange.market.resume();
      await world.clock.advance(3 * MINUTE);
      expect(world.handle.series?.ready).toBe(true);
      world.expectCandles('1m', isSparse);
      const quiet = world.exchange.market.candles('BTC-USDT', '1m').filter(({ trades }) => trades === 0);
      expect(quiet.length).toBeGreaterThan(1);
      for (const { openTime, closed } of quiet)
        if (closed) expect(world.follower.closed.has(openTime)).toBe(!isSparse);
      await world.close();
    },
  );

  test('are flat where nothing is traded, on request, and say that they are made up', async () => {
    const world = await CandleWorld.start({ synthetic: true, history: 2 }, 'sparse');
    await world.clock.advance(2 * MINUTE);
    world.exchange.market.pause();
    await world.clock.advance(3 * MINUTE + 5_000);
    const quiet = world.exchange.market
      .candles('BTC-USDT', '1m')
      .filter(({ trades, closed }) => trades === 0 && closed);
    expect(quiet.length).toBeGreaterThan(1);
    for (const { openTime, close } of quiet)
      expect(world.follower.closed.get(openTime)).toMatchObject({
        ...{ synthetic: true, source: 'derived', open: close, close, baseVolume: '0', tradeCount: 0 },
      });
    world.expectCandles();
    await world.close();
  });

  test('that the exchange does not stream come from REST', async () => {
    const world = await CandleWorld.start({ interval: '30m', history: 3 });
    await world.clock.advance(31 * MINUTE);
    expect(world.sources()).toEqual(['rest']);
    expect(world.follower.closed.size).toBe(4);
    world.expectCandles('30m');
    await world.close();
  });

  test('begin exactly on a bucket as at any other time', async () => {
    const world = new CandleWorld({ seed: 7, dialects: { books: 'range' } });
    await world.clock.advance(MINUTE - (world.clock.now() % MINUTE));
    const handle = world.stream.subscribe({
      ...{ exchange: 'lab', channel: 'candles', symbol: 'BTC/USDT' },
      params: { interval: '1m', history: 2 },
    });
    handle.on((event) => world.follower.receive(event));
    await world.clock.advance(3 * MINUTE + 1_000);
    expect(world.follower.closed.size).toBe(5);
    world.expectCandles();
    await world.close();
  });

  test('of an interval that the exchange has not are made of smaller ones', async () => {
    const interval = '3m';
    const world = await CandleWorld.start({ interval, history: 4 });
    await world.clock.advance(10 * MINUTE);
    expect(world.handle.view().topic).toBe(TOPIC);
    expect(world.follower.closed.size).toBe(7);
    expect(world.handle.series?.ready).toBe(true);
    world.expectCandles(interval);
    world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503, forMs: 4 * MINUTE });
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(8 * MINUTE);
    world.expectCandles(interval);
    expect(world.sources()).toEqual(['derived']);
    const to = world.clock.now();
    const asked = world.handle.series?.history({ from: to - 240 * MINUTE, to });
    await world.clock.advance(1_000);
    const { candles = [], gaps, quiet } = (await asked) ?? {};
    const truth = world.exchange.market.candles('BTC-USDT', interval).filter(({ closed }) => closed);
    expect(candles.map(({ openTime, close, baseVolume }) => [openTime, close, Number(baseVolume)])).toEqual(
      truth.slice(-candles.length).map(({ openTime, close, volume }) => [openTime, close, Number(volume)]),
    );
    expect([candles.length >= 79, gaps, quiet]).toEqual([true, [], []]);
    const late = new CandleFollower(new CandleInterval(interval));
    world.handle.on((event) => late.receive(event));
    expect(late.closed.size).toBe(4);
    await world.close();
  });

  test('of an interval that is shorter than all that it has are made of trades, through lost connections', async () => {
    const world = await CandleWorld.start({ interval: '10s' });
    expect(world.handle.view().topic).toBe('trades:BTC-USDT');
    await world.clock.advance(3 * MINUTE);
    // What is traded meanwhile is found by REST.
    world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503, forMs: 30_000 });
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(2 * MINUTE);
    world.exchange.faults.inject({ type: 'close', code: 1012 });
    await world.clock.advance(2 * MINUTE);
    const { connection = '' } = world.handle.view();
    const told = world.follower.states.length;
    expect(world.stream.manager('lab').rotate(connection)).toBe(true);
    await world.clock.advance(2 * MINUTE);
    expect(world.handle.view().connection).not.toBe(connection);
    expect(world.follower.states.slice(told)).toEqual([]);
    world.expectMinutes(8);
    expect(world.follower.corrections).toEqual([]);
    world.expectPromises();
    await world.close();
  });

  test('of trades that are lost for good are missing, and named', async () => {
    const world = await CandleWorld.start({ interval: '10s' }, 'flagged', { tradeHistory: 'none' });
    await world.clock.advance(2 * MINUTE);
    world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503, forMs: 30_000 });
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(3 * MINUTE);
    expect(world.follower.missing.size).toBeGreaterThanOrEqual(3);
    world.expectMinutes(2);
    world.expectPromises();
    await world.close();
  });

  test('of trades begin with those that come, and have no history', async () => {
    const world = await CandleWorld.start();
    const asked = (params: SubscriptionParams): unknown =>
      world.stream.subscribe({
        ...{ exchange: 'lab', channel: 'candles', symbol: 'BTC/USDT' },
        params: { interval: '10s', ...params },
      });
    expect(() => asked({ history: 3 })).toThrow('lab candles does not take 3 for "history". Allowed: 0.');
    expect(() => asked({ source: 'rest' })).toThrow('Allowed: auto, stream.');
    expect(() => asked({ interval: '90' })).toThrow(
      'Allowed: 1m, 5m, 1h, 30m; any that is made of whole ones of these, or, up to an hour, of trades.',
    );
    await world.close();
  });

  test('of a maintenance over several buckets are a gap, filled afterwards', async () => {
    const world = await CandleWorld.start({ source: 'stream' });
    await world.clock.advance(2 * MINUTE);
    world.exchange.faults.inject({ type: 'rest-status', status: 503, forMs: 4 * MINUTE });
    world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503, forMs: 4 * MINUTE });
    world.exchange.faults.inject({ type: 'close', code: 1012 });
    await world.clock.advance(8 * MINUTE);
    expect(world.follower.wasMissing.size).toBeGreaterThanOrEqual(3);
    expect(world.follower.states.slice(-2)).toEqual(['gap', 'live']);
    world.expectCandles();
    await world.close();
  });

  test('are not asked for without end while the stream has none of them', async () => {
    const world = await CandleWorld.start();
    await world.clock.advance(MINUTE);
    let calls = 0;
    world.tap = ({ what, url }) => {
      if (what === 'rest' && url.includes('/api/candles')) calls++;
    };
    world.exchange.faults.inject({ type: 'drop-frames', topic: TOPIC, forMs: 2 * MINUTE });
    await world.clock.advance(4 * MINUTE);
    expect(calls).toBeLessThan(8);
    world.expectCandles();
    await world.close();
  });
});
