import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { Fault } from '@exchange-stream/simulator';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { TradeFollower, type MadeTrade } from '../world/trade-follower.ts';
import { LabWorld } from './lab-world.ts';
import { labTradeId } from './twin/index.ts';

const MINUTE = 60_000;

/** More, or others: TRADE_SEEDS=500 npx jest test/lab/trades.property */
const SEEDS = Number(process.env.TRADE_SEEDS ?? 12);
const TOPIC = 'trades:BTC-USDT';
const REQUEST: SubscriptionRequest<'trades'> = { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' };

const IDS = ['count', 'grow', 'text'] as const;
const TOLD = ['plain', 'recent', 'twice'] as const;
const HISTORY = ['id', 'time', 'recent', 'none'] as const;

type Draw = (below: number) => number;

function pick<T>(draw: Draw, values: readonly [T, ...T[]]): T {
  return values[draw(values.length)] ?? values[0];
}

function randomFault(draw: Draw, seesHoles: boolean): Fault {
  const forMs = 1_000 + draw(20_000);
  // Of a frame that is lost on a living connection only ids can tell that count.
  const unseen: readonly Fault[] = [
    { type: 'drop-frames', topic: TOPIC, forMs },
    { type: 'reorder-frames', topic: TOPIC, count: 2 + draw(4), forMs },
    { type: 'corrupt-frames', topic: TOPIC, how: 'truncated', forMs },
  ];
  return pick<Fault>(draw, [
    { type: 'cut' },
    { type: 'close', code: 1001 },
    { type: 'duplicate-frames', topic: TOPIC, forMs },
    { type: 'delay-frames', topic: TOPIC, delayMs: draw(4_000), forMs },
    { type: 'rest-status', path: '/api/trades', status: 429, retryAfterSeconds: 5 + draw(30), count: 1 },
    { type: 'rest-status', path: '/api/trades', status: 500, forMs },
    { type: 'rest-status', path: '/api/trades', status: 403, forMs },
    { type: 'rest-slow', path: '/api/trades', delayMs: draw(20_000), forMs },
    { type: 'rest-corrupt', path: '/api/trades', how: 'truncated', count: 1 + draw(3) },
    { type: 'refuse-handshakes', status: 503, forMs },
    { type: 'server-shutdown', closeAfterMs: draw(10_000) },
    { type: 'halt', symbol: 'BTC-USDT', forMs },
    { type: 'pause', forMs },
    ...(seesHoles ? unseen : []),
  ]);
}

describe('trades of lab', () => {
  test.each(Array.from({ length: SEEDS }, (_, index) => index + 1))(
    'come once and in order, or a gap names them, whatever happens (seed %i)',
    async (seed) => {
      const random = xoroshiro128plus(seed);
      const draw: Draw = (below) => (random.next() >>> 0) % below;
      const dialects = {
        tradeIds: pick(draw, IDS),
        trades: pick(draw, TOLD),
        tradeHistory: pick(draw, HISTORY),
      };
      const world = new LabWorld({ seed, dialects });
      const made = new Map<number, MadeTrade>();
      const passes = async (ms: number): Promise<void> => {
        // The exchange keeps a thousand trades or more: it is looked at before it forgets any.
        for (let left = ms; left > 0; left -= 10_000) {
          await world.clock.advance(Math.min(left, 10_000));
          for (const { id, time } of world.exchange.market.trades('BTC-USDT'))
            made.set(id, { id: labTradeId(id, dialects.tradeIds), time });
        }
      };
      const follower = new TradeFollower();
      const handle = world.stream.subscribe(REQUEST);
      handle.on((event) => follower.receive(event));
      await passes(5_000 + draw(MINUTE));
      for (let step = 0; step < 14; step++) {
        if (draw(4) > 0) world.exchange.faults.inject(randomFault(draw, dialects.tradeIds === 'count'));
        if (draw(8) === 0) world.stream.manager('lab').rotate(handle.view().connection ?? '');
        await passes(draw(20_000));
        world.expectAllAccountedFor();
      }
      world.calm();
      for (let minutes = 0; minutes < 15 && world.awaited().length > 0; minutes++) await passes(MINUTE);
      await passes(2 * MINUTE);
      world.exchange.market.pause();
      await passes(20_000);
      expect({ seed, ...dialects, broken: follower.broken }).toEqual({ seed, ...dialects, broken: [] });
      expect(follower.differencesFrom([...made.values()])).toEqual([]);
      expect([handle.view().data, follower.asked]).toEqual(['live', 0]);
      world.expectAllAccountedFor();
      world.expectPromises(['stall', 'request-weight']);
      await world.close();
    },
    MINUTE,
  );
});
