import type { LabWorld } from '../lab/lab-world.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

/** Lets time pass in which the process gets nothing done: every timer is late, and nothing was read. */
function block({ clock }: LabWorld, durationMs: number): void {
  const [now, monotonic] = [clock.now.bind(clock), clock.monotonic.bind(clock)];
  clock.now = () => now() + durationMs;
  clock.monotonic = () => monotonic() + durationMs;
}

describe('faults of our own side', () => {
  test.each(['websocket', 'json', 'text', 'test-request'] as const)(
    'case 38: an event loop that stands still for 2 s accuses nobody and sends no storm (%s)',
    async (heartbeat) => {
      let sent = 0;
      const world = await liveLab({
        seed: 38,
        dialects: { heartbeat },
        transportLog: ({ event }) => {
          if (['sent', 'pong-sent', 'ping-sent'].includes(event)) sent++;
        },
      });
      const trouble = new Trouble(world);
      for (let round = 0; round < 20; round++) {
        block(world, 2_000);
        sent = 0;
        await world.clock.advance(3_000);
        expect(sent).toBeLessThanOrEqual(6);
      }
      expect(trouble.told).toEqual([]);
      expect(world.stream.manager('lab').counters().reconnects).toBe(0);
      await world.expectTruth();
      await world.close();
      measured({
        case: 38,
        fault: `event loop blocked for 2 s, 20 times (${heartbeat})`,
        outcome: 'no status event, no reconnect, at most 6 frames in the 3 s after',
      });
    },
  );
});
