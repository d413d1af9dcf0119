import { CandleInterval, type SubscriptionRequest } from '@exchange-stream/market-data';
import type { Fault } from '@exchange-stream/simulator';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { CandleFollower } from '../world/candle-follower.ts';
import { LabWorld } from './lab-world.ts';

const MINUTE = 60_000;
const SEEDS = Number(process.env.CANDLE_SEEDS ?? 3);
const TOPIC = 'candles.1m:BTC-USDT';
const REQUEST: SubscriptionRequest<'candles'> = {
  exchange: 'lab',
  channel: 'candles',
  symbol: 'BTC/USDT',
  params: { interval: '1m', history: 20 },
};

type Draw = (below: number) => number;

function randomFault(draw: Draw): Fault {
  const forMs = 1_000 + draw(90_000);
  const faults: readonly Fault[] = [
    { type: 'cut' },
    { type: 'close', code: 1001 },
    { type: 'drop-frames', topic: TOPIC, forMs },
    { type: 'duplicate-frames', topic: TOPIC, forMs },
    { type: 'reorder-frames', topic: TOPIC, count: 2 + draw(4), forMs },
    { type: 'stall', topic: TOPIC, forMs },
    { type: 'delay-frames', topic: TOPIC, delayMs: draw(4_000), forMs },
    { type: 'rest-status', path: '/api/candles', status: 429, retryAfterSeconds: 5 + draw(30), count: 1 },
    { type: 'rest-status', path: '/api/candles', status: 500, forMs },
    { type: 'rest-slow', path: '/api/candles', delayMs: draw(20_000), forMs },
    { type: 'rest-corrupt', path: '/api/candles', how: 'truncated', count: 1 + draw(3) },
    { type: 'refuse-handshakes', status: 503, forMs },
    { type: 'halt', symbol: 'BTC-USDT', forMs },
    { type: 'pause', forMs: Math.min(forMs, 20_000) },
  ];
  return faults[draw(faults.length)] ?? { type: 'cut' };
}

describe('candles of lab', () => {
  test.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'are those of the exchange, or a gap that is told, whatever happens (seed %i)',
    async (seed) => {
      const random = xoroshiro128plus(seed);
      const draw: Draw = (below) => (random.next() >>> 0) % below;
      const world = new LabWorld({ seed, dialects: { books: 'range' } });
      await world.clock.advance(draw(MINUTE));
      const follower = new CandleFollower(new CandleInterval('1m'));
      const handle = world.stream.subscribe(REQUEST);
      handle.on((event) => follower.receive(event));
      for (let step = 0; step < 12; step++) {
        await world.clock.advance(draw(70_000));
        if (draw(3) > 0) world.exchange.faults.inject(randomFault(draw));
      }
      world.calm();
      await world.recover(10 * MINUTE);
      await world.clock.advance(3 * MINUTE);
      expect(follower.broken).toEqual([]);
      expect([...follower.missing]).toEqual([]);
      expect(follower.differencesFrom(world.exchange.market.candles('BTC-USDT', '1m'))).toEqual([]);
      expect(handle.view().data).toBe('live');
      world.expectAllAccountedFor();
      world.expectPromises(['stall', 'request-weight']);
      // Who joins late has the same.
      const late = new CandleFollower(new CandleInterval('1m'));
      handle.on((event) => late.receive(event));
      expect(late.closed.size).toBe(20);
      expect(late.differencesFrom(world.exchange.market.candles('BTC-USDT', '1m'))).toEqual([]);
      await world.close();
    },
  );
});
