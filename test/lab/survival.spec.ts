import fc from 'fast-check';
import { LabWorld } from './lab-world.ts';
import { dialects, jitters, play, scripts } from './script.ts';

/** Within so long after the last fault everything wanted is live: longer than any wait between two tries. */
const LIVE_WITHIN_MS = 15 * 60_000;

/**
 * A connection that died in silence is found out by the heartbeat, and until then its data counts as live; at the latest
 * by the exchange, which asks every 20 s and waits for 60 s.
 */
const DEAD_FOUND_OUT_MS = 85_000;

/** Rules that a client without a network cannot keep. */
const UNKEEPABLE = ['pong-timeout', 'ping-overdue'];

/** More, or others: SEEDS=5000 SEED=7 npm run test:deep */
const RUNS = Number(process.env.SEEDS ?? 200);
const SEED = Number(process.env.SEED ?? 1);

describe('whatever happens to a lab and its connections', () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', onUnhandled));
  afterAll(() => void process.off('unhandledRejection', onUnhandled));

  test(
    `what is shown is right, nobody else is harmed, and all is live again without help (${RUNS} scripts of seed ${SEED})`,
    async () => {
      let trades = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.nat(1_000_000),
          dialects,
          jitters,
          scripts,
          async (seed, spoken, jitterMs, script) => {
            const world = new LabWorld({ seed, dialects: spoken, jitterMs });
            world.followTrades('BTC/USDT');
            await play(world, script);
            world.expectAllAccountedFor();
            if (script.some((step) => step.do === 'freeze')) await world.clock.advance(DEAD_FOUND_OUT_MS);
            await world.recover(LIVE_WITHIN_MS);
            await world.expectTruth(UNKEEPABLE);
            await world.close();
            trades += world.trades.compared;
            expect(unhandled).toEqual([]);
          },
        ),
        // The first failure is told at once; to look for a smaller one takes minutes (SHRINK=1).
        { numRuns: RUNS, seed: SEED, endOnFailure: process.env.SHRINK === undefined },
      );
      expect(trades).toBeGreaterThan(RUNS);
    },
    RUNS * 1_500,
  );
});
