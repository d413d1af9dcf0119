import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { LabWorld } from '../lab/lab-world.ts';
import { labTradeId, type LabDialects } from '../lab/twin/index.ts';
import { TradeFollower } from '../world/trade-follower.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

const TOPIC = 'trades:BTC-USDT';
const REQUEST: SubscriptionRequest<'trades'> = { exchange: 'lab', channel: 'trades', symbol: 'BTC/USDT' };
const LONG_MS = 60_000;
const TWICE = 10;

/** Every kind of id. */
const IDS = ['count', 'grow', 'text'] as const;

interface Repetition {
  readonly name: string;
  readonly dialect: LabDialects['trades'];
  /** Returns how many trades have been repeated at least. */
  play(world: LabWorld): Promise<number>;
  /** Of the trades, in order. */
  readonly told: readonly string[];
}

/** How trades may come again. */
const REPETITIONS: readonly Repetition[] = [
  {
    name: 'frames come twice',
    dialect: 'plain',
    async play({ exchange, clock }) {
      const fault = exchange.faults.inject({ type: 'duplicate-frames', topic: TOPIC, count: TWICE });
      await clock.advance(LONG_MS);
      expect(fault.hits).toBe(TWICE);
      return TWICE;
    },
    told: [],
  },
  {
    name: 'every list comes twice, and frames do',
    dialect: 'twice',
    async play(world) {
      const { delivered } = world.view(TOPIC).counters;
      world.exchange.faults.inject({ type: 'duplicate-frames', topic: TOPIC, count: TWICE });
      await world.clock.advance(LONG_MS);
      return world.view(TOPIC).counters.delivered - delivered + TWICE;
    },
    told: [],
  },
  {
    name: 'the latest come again with a new connection',
    dialect: 'recent',
    async play({ exchange, clock }) {
      exchange.faults.inject({ type: 'cut' });
      await clock.advance(LONG_MS);
      return 1;
    },
    told: [`${TOPIC} stale`, `${TOPIC} live`],
  },
];

describe('faults of trades', () => {
  test.each(
    IDS.flatMap((ids) => REPETITIONS.map((how): [string, typeof ids, Repetition] => [how.name, ids, how])),
  )(
    'case 23: %s, and each trade is told once (ids `%s`)',
    async (name, tradeIds, { dialect, play, told }) => {
      const world = await liveLab({ seed: 23, dialects: { tradeIds, trades: dialect } });
      world.hold(REQUEST);
      const follower = new TradeFollower();
      world.holders.get(JSON.stringify(REQUEST))?.handle.on((event) => follower.receive(event));
      await world.clock.advance(LONG_MS);
      const trouble = new Trouble(world);
      const before = world.view(TOPIC).counters;
      const repeated = await play(world);
      const backMs = await trouble.recover(LONG_MS);
      await world.expectTruth();
      const { counters } = world.view(TOPIC);
      const [dropped, delivered] = [counters.dropped - before.dropped, counters.delivered - before.delivered];
      expect(dropped).toBeGreaterThanOrEqual(repeated);
      expect(trouble.told.filter((status) => status.startsWith(TOPIC))).toEqual(told);
      const made = world.exchange.market
        .trades('BTC-USDT')
        .map(({ id, time }) => ({ id: labTradeId(id, tradeIds), time }));
      expect([follower.broken, follower.holes, follower.differencesFrom(made)]).toEqual([[], [], []]);
      await world.close();
      measured({
        case: 23,
        fault: `trades: ${name} (ids ${tradeIds})`,
        backMs,
        outcome: `${delivered} told once and in order, ${dropped} dropped`,
      });
    },
  );
});
