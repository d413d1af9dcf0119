import type { ConnectionView } from '@exchange-stream/nestjs/engine';
import { inFaultWorld } from './fault-world.ts';
import { heldBytes } from './heap.ts';
import { measured } from './measured.ts';
import { until } from './until.ts';

// Single bytes cost a busy machine much: what matters is that all of them arrive, not how soon.
jest.setTimeout(180_000);

const MIB = 1024 * 1024;
const mebibytes = (bytes: number): string => `${Math.max(0, bytes / MIB).toFixed(1)} MiB`;
const timedOut = ({ state, failure }: ConnectionView): boolean =>
  state === 'waiting' && failure?.kind === 'timeout';

describe('the line to an exchange', () => {
  test('case 6: byte by byte everything is read right, and the deadline of the handshake holds (slicer, latency)', () =>
    inFaultWorld({ tuning: { handshakeTimeoutMs: 1_000 }, stepMs: 400, activity: 1 }, async (world) => {
      // The answer to the handshake has more than a hundred bytes: it drips on when the deadline passes.
      const drip = world.network.add({ type: 'slicer', direction: 'downstream', bytes: 1, delayMs: 100 });
      world.run();
      await world.view('the handshake is given up although bytes come', timedOut);
      const detectedMs = Math.max(...world.attemptsMs());
      expect(detectedMs).toBeLessThan(5_000);
      await world.expectBesideUnharmed();
      world.network.remove(drip);
      for (const direction of ['upstream', 'downstream'] as const)
        world.network.add({ type: 'slicer', direction, bytes: 1 });
      world.network.add({ type: 'latency', direction: 'downstream', delayMs: 20, jitterMs: 10 });
      await world.live();
      const before = heldBytes();
      const trades = (): bigint[] =>
        world.events.flatMap((event) => (event.type === 'trade' ? [BigInt(event.id)] : []));
      await until('many trades have come', () => trades().length > 5, 120_000);
      const ids = trades();
      expect(ids).toEqual(ids.map((_id, index) => ids[0]! + BigInt(index)));
      await world.expectSameBook();
      world.expectOneOfEach();
      const heldMore = heldBytes() - before;
      expect(heldMore).toBeLessThan(16 * MIB);
      for (const { counters } of world.subscriptions()) expect(counters.rejected).toBe(0);
      measured({
        case: 6,
        fault: 'byte by byte',
        detectedMs,
        outcome: `a handshake that drips given up at its deadline (1 s here); after that ${ids.length} trades and the book right, ${mebibytes(heldMore)} more held`,
      });
    }));

  test('case 7: a line that is too narrow makes data stale, keeps nothing, and is live again when it is wide (bandwidth)', () =>
    inFaultWorld({ tuning: { maxLagMs: 2_000 }, stepMs: 10, activity: 5 }, async (world) => {
      world.run();
      await world.live();
      const before = heldBytes();
      const since = performance.now();
      const narrow = world.network.add({ type: 'bandwidth', direction: 'downstream', bytesPerSecond: 1_024 });
      await until(
        'what comes late is stale',
        () => world.subscriptions().some(({ data }) => data === 'stale'),
        30_000,
      );
      const tookMs = performance.now() - since;
      expect(tookMs).toBeGreaterThan(2_000);
      expect(tookMs).toBeLessThan(30_000);
      const late = world.subscriptions().find(({ data }) => data === 'stale')!;
      expect(late).toMatchObject({
        state: 'subscribed',
        reason: expect.stringMatching(/^data arrives [\d.]+ s late$/) as string,
      });
      // Late, and stale with it, is the connection as a whole: it has not been given up.
      expect(world.views.filter(({ state }) => state === 'waiting')).toEqual([]);
      const received = (): number =>
        world.subscriptions().reduce((sum, { counters }) => sum + counters.received, 0);
      const then = received();
      await until('more comes', () => received() > then + 3, 30_000);
      expect(world.subscriptions().find(({ key }) => key === late.key)?.data).toBe('stale');
      const heldMore = heldBytes() - before;
      expect(heldMore).toBeLessThan(16 * MIB);
      await world.expectBesideUnharmed();
      world.network.remove(narrow);
      const backMs = await world.live();
      await world.expectSameBook();
      world.expectOneOfEach();
      const ids = world.events.flatMap((event) => (event.type === 'trade' ? [BigInt(event.id)] : []));
      expect(ids).toEqual(ids.map((_id, index) => ids[0]! + BigInt(index)));
      measured({
        case: 7,
        fault: '1 KB/s for a market that wants many times that',
        detectedMs: tookMs,
        backMs,
        outcome: `stale (${late.reason}), ${mebibytes(heldMore)} more held, no trade lost`,
      });
    }));
});
