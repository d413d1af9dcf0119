import { CandleInterval } from '@exchange-stream/market-data';
import { CandleFollower } from './world/candle-follower.ts';
import { BOOK, World } from './binance-world.ts';

const MINUTE = 60_000;

describe('candles of Binance', () => {
  test('are those of its twin, with history, through a loss', async () => {
    const world = new World(3, [BOOK], { activity: 0.1, comparedDepth: 1 });
    await world.clock.advance(20_000);
    const follow = (interval: '1m' | '1h', history: number): CandleFollower => {
      const follower = new CandleFollower(new CandleInterval(interval));
      const handle = world.stream.subscribe({ ...BOOK, channel: 'candles', params: { interval, history } });
      handle.on((event) => follower.receive(event));
      return follower;
    };
    const followers = [
      ['1m', follow('1m', 1_100)],
      ['1h', follow('1h', 20)],
    ] as const;
    await world.clock.advance(2 * MINUTE);
    world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503, forMs: 2 * MINUTE });
    world.exchange.faults.inject({ type: 'cut' });
    await world.clock.advance(5 * MINUTE);
    for (const [interval, follower] of followers) {
      expect(follower.broken).toEqual([]);
      expect([...follower.missing]).toEqual([]);
      expect(follower.differencesFrom(world.exchange.market.candles('BTCUSDT', interval))).toEqual([]);
    }
    expect(followers[0][1].closed.size).toBeGreaterThanOrEqual(1_106);
    world.expectPromises();
    await world.close();
  });
});
