import { FAULT_TYPES, randomFaults } from '@exchange-stream/simulator';
import { World } from './binance-world.ts';

/** Answers that are final: whoever is told so asks no more. */
const FINAL = ['refuse-subscriptions', 'ack-then-error'];
/**
 * Binance announces no pauses and no halts, and its public streams know no login and no whole books. Clocks have
 * tests of their own.
 */
const UNKNOWN_TO_BINANCE = [
  ...['pause', 'halt', 'refuse-logins', 'delay-logins', 'clock-off'],
  'resend-books',
];
const PASSING = FAULT_TYPES.filter((type) => ![...FINAL, ...UNKNOWN_TO_BINANCE].includes(type));
const TOPICS = ['btcusdt@depth@100ms', 'btcusdt@trade', 'btcusdt@bookTicker'];

/** Longer than any wait between two tries that faults of two minutes can lead to. */
const RECOVERY_MS = 15 * 60_000;

/** More of them: SEEDS=1000 npx jest test/binance-faults */
const seeds = Array.from({ length: Number(process.env.SEEDS ?? 6) }, (_, index) => index + 1);

describe('whatever an exchange does wrong', () => {
  test('an exchange that confirms everything and sends nothing is found out, and left for a fresh connection', async () => {
    const world = new World(1);
    world.exchange.faults.inject({ type: 'ignore-requests', count: 1 });
    await world.clock.advance(110_000);
    expect(world.stream.connections()).toMatchObject([{ state: 'open', reconnects: 0 }]);
    await world.clock.advance(25_000);
    expect(world.stream.connections()).toMatchObject([{ state: 'open', reconnects: 1 }]);
    await world.expectTruth();
    await world.close();
  });

  test.each(seeds)(
    'its data is right or says it is not, and all is live again without help (seed %d)',
    async (seed) => {
      const world = new World(seed);
      world.exchange.faults.run(
        randomFaults(seed, { durationMs: 120_000, intensity: 20, topics: TOPICS, types: PASSING }),
      );
      await world.clock.advance(120_000);
      expect(world.replica.broken).toEqual([]);
      world.exchange.faults.clear();
      await world.recover(RECOVERY_MS);
      await world.expectTruth();
      await world.close();
    },
  );
});
