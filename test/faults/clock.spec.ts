import { Registry } from 'prom-client';
import { registerExchangeMetrics } from '../../apps/gateway/src/metrics/exchange-metrics.ts';
import { ReadMetrics } from '../../apps/gateway/src/metrics/read-metrics.ts';
import type { LabWorld } from '../lab/lab-world.ts';
import { measured } from './measured.ts';
import { TradingDesk } from './trading-desk.ts';
import { Trouble } from './trouble.ts';

// Half an hour of the exchange's time takes its time.
jest.setTimeout(120_000);

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
      await world.clock.advance(11 * 60_000);
      expect(trouble.told).toEqual([]);
      expect(world.stream.connections().map(({ id, reconnects }) => `${id} ${reconnects}`)).toEqual(
        connections,
      );
      const { offsetMs, uncertaintyMs } = manager.clockOffset!;
      const trueMs = whose === 'lab' ? byMs : -byMs;
      expect(Math.abs(offsetMs - trueMs)).toBeLessThanOrEqual(uncertaintyMs + 1);
      expect(await shownOffsetMs(world)).toBeCloseTo(offsetMs, 0);
      // And back.
      setBack();
      await world.clock.advance(3 * 60_000);
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

describe('signatures under clocks that are wrong', () => {
  test('case 32: an exchange that takes no time but its own is entered again, whoever has set which clock', async () => {
    const desk = await TradingDesk.open({ seed: 32, entry: { timeWindowMs: 5_000 } });
    const { world } = desk;
    const backMs: number[] = [];
    const back = async (): Promise<void> => {
      const from = world.clock.monotonic();
      world.exchange.disconnectAll(1012);
      await world.clock.advance(10);
      while (world.awaited().length > 0 || desk.trading.view()?.state !== 'open') {
        expect(world.clock.monotonic() - from).toBeLessThan(60_000);
        await world.clock.advance(100);
      }
      backMs.push(world.clock.monotonic() - from);
      // Of the budget for dials there is enough each time.
      await world.clock.advance(60_000);
    };
    // Ours alone is of no consequence: the exchange's is carried on by the monotonic one.
    for (const byMs of [TEN_MINUTES_MS, -2 * TEN_MINUTES_MS, TEN_MINUTES_MS]) {
      world.ownClock.aheadMs += byMs;
      await back();
    }
    expect(world.exchange.violations).toEqual([]);
    expect(desk.endingsOf('login')).not.toContain('refused');
    // That of the exchange is noticed by what it refuses, and read again.
    for (const offsetMs of [TEN_MINUTES_MS, -TEN_MINUTES_MS]) {
      const fault = world.exchange.faults.inject({ type: 'clock-off', offsetMs });
      await back();
      fault.clear();
      await back();
    }
    const refused = desk.endingsOf('login').filter((ending) => ending === 'refused').length;
    // Of two connections, at most one login each time that a clock was set.
    expect(refused).toBeGreaterThanOrEqual(4);
    expect(refused).toBeLessThanOrEqual(8);
    expect(world.stream.canUseAuthenticated('lab')).toMatchObject({ canUse: true, state: 'authenticated' });
    await world.expectTruth(['time-window']);
    await desk.close();
    measured({
      case: 32,
      fault: 'both clocks ±10 min, logins by time within 5 s of the exchange’s, every socket lost each time',
      backMs: Math.max(...backMs),
      outcome: `ours: no login refused; the exchange’s: ${refused} refused in 4 jumps, its time read again, live; credentials not given up`,
    });
  });

  test('case 32: nonces grow whatever our clock does', async () => {
    const desk = await TradingDesk.open({ seed: 32, dialects: { entry: 'nonce' } });
    const { world } = desk;
    for (const byMs of [TEN_MINUTES_MS, -2 * TEN_MINUTES_MS, -TEN_MINUTES_MS]) {
      world.ownClock.aheadMs += byMs;
      world.exchange.disconnectAll(1012);
      await world.recover(60_000);
      await world.clock.advance(60_000);
    }
    expect(desk.endingsOf('login').filter((ending) => ending !== 'answered')).toEqual([]);
    await world.expectTruth();
    await desk.close();
    measured({
      case: 32,
      fault: 'our clock ±10 min, logins by nonces',
      outcome: 'every nonce larger than those before, no login refused',
    });
  });
});

/** What operators see of it. */
async function shownOffsetMs({ stream }: LabWorld): Promise<number> {
  const registry = new Registry();
  registerExchangeMetrics(new ReadMetrics(registry), stream);
  const { values } = await registry.getSingleMetric('exchange_stream_clock_offset_seconds')!.get();
  return values.find(({ labels }) => labels['exchange'] === 'lab')!.value * 1_000;
}

/** Returns what sets it right again. */
function set(world: LabWorld, whose: 'lab' | 'own', byMs: number): () => void {
  if (whose === 'lab') {
    const fault = world.exchange.faults.inject({ type: 'clock-off', offsetMs: byMs });
    return () => fault.clear();
  }
  world.ownClock.aheadMs += byMs;
  return () => void (world.ownClock.aheadMs -= byMs);
}
