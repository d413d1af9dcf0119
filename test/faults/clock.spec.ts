import type { LabWorld } from '../lab/lab-world.ts';
import { measured } from './measured.ts';
import { TradingDesk } from './trading-desk.ts';
import { Trouble } from './trouble.ts';

const TEN_MINUTES_MS = 600_000;

interface ClockCase {
  readonly fault: string;
  /** Whose clock is set. */
  readonly whose: 'lab' | 'own';
  readonly byMs: number;
}

const CASES: readonly ClockCase[] = [
  { fault: 'exchange clock +10 min', whose: 'lab', byMs: TEN_MINUTES_MS },
  { fault: 'exchange clock −10 min, backwards', whose: 'lab', byMs: -TEN_MINUTES_MS },
  { fault: 'our clock +10 min', whose: 'own', byMs: TEN_MINUTES_MS },
  { fault: 'our clock −10 min, backwards', whose: 'own', byMs: -TEN_MINUTES_MS },
];

describe('faults of clocks', () => {
  test.each(CASES)(
    'case 32: $fault makes nothing stale, and no latency wrong',
    async ({ fault, whose, byMs }) => {
      const desk = await TradingDesk.open({ seed: 32 });
      const { world } = desk;
      const manager = world.stream.manager('lab');
      const trouble = new Trouble(world);
      const connections = world.stream.connections().map(({ id, reconnects }) => `${id} ${reconnects}`);
      const setBack = set(world, whose, byMs);
      const order = desk.place();
      await world.clock.advance(60_000);
      expect(await order.reply).toHaveLength(1);
      expect(desk.reportsOf('other')).toMatchObject([{ ending: 'answered', wireMs: 10 }]);
      await world.clock.advance(14 * 60_000);
      expect(trouble.told).toEqual([]);
      expect(world.stream.connections().map(({ id, reconnects }) => `${id} ${reconnects}`)).toEqual(
        connections,
      );
      const { offsetMs, uncertaintyMs } = manager.clockOffset!;
      const trueMs = whose === 'lab' ? byMs : -byMs;
      expect(Math.abs(offsetMs - trueMs)).toBeLessThanOrEqual(uncertaintyMs + 1);
      // And back.
      setBack();
      await world.clock.advance(15 * 60_000);
      expect(trouble.told).toEqual([]);
      await world.expectTruth();
      await desk.close();
      measured({
        case: 32,
        fault,
        outcome: `nothing stale, nobody reconnected; offset ${Math.round(offsetMs)} ms (± ${uncertaintyMs.toFixed(0)} ms) told; the order took 10 ms`,
      });
    },
  );

  test.each(
    CASES.map((one) => ({ ...one, byMs: one.byMs / 20, fault: one.fault.replace('10 min', '30 s') })),
  )(
    'case 32: $fault while a market rests is not taken for data that arrives late',
    async ({ fault, whose, byMs }) => {
      const desk = await TradingDesk.open({ seed: 32 });
      const { world } = desk;
      world.exchange.market.pause();
      await world.clock.advance(30_000);
      const trouble = new Trouble(world);
      set(world, whose, byMs);
      await world.clock.advance(30_000);
      world.exchange.market.resume();
      await world.clock.advance(120_000);
      expect(trouble.told).toEqual([]);
      await world.expectTruth();
      await desk.close();
      measured({ case: 32, fault: `${fault}, in a quiet minute`, outcome: 'nothing stale' });
    },
  );
});

/** Returns what sets it right again. */
function set(world: LabWorld, whose: 'lab' | 'own', byMs: number): () => void {
  if (whose === 'lab') {
    const fault = world.exchange.faults.inject({ type: 'clock-off', offsetMs: byMs });
    return () => fault.clear();
  }
  world.ownClock.aheadMs += byMs;
  return () => void (world.ownClock.aheadMs -= byMs);
}
