import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

describe('faults of silence', () => {
  test('case 4: data stalls while pings are answered: stale within 30 s, asked for again, then a fresh connection', async () => {
    const world = await liveLab({ seed: 4 });
    const trouble = new Trouble(world);
    const stall = world.exchange.faults.inject({ type: 'stall' });
    await world.clock.advance(30_000);
    expect(trouble.detectedMs).toBeLessThanOrEqual(30_000);
    const { data, counters } = world.view('ticker:BTC-USDT');
    expect(data).toBe('stale');
    expect(counters.resubscribes).toBeGreaterThanOrEqual(2);
    // Where nothing promises a pace, the silence of the whole connection tells.
    await world.clock.advance(150_000);
    expect(world.stream.manager('lab').counters().reconnects).toBeGreaterThanOrEqual(1);
    stall.clear();
    const backMs = await trouble.recover(300_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 4,
      fault: 'all data stalls, pings answered',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: 'resubscribed, then moved to a fresh connection',
    });
  });

  test('case 5: one symbol stalls while the others flow: it alone is stale and asked for again', async () => {
    const world = await liveLab({ seed: 5 });
    const trouble = new Trouble(world);
    const stall = world.exchange.faults.inject({ type: 'stall', topic: 'ticker:ETH-USDT' });
    await world.clock.advance(15_000);
    expect(trouble.detectedMs).toBeLessThanOrEqual(15_000);
    expect(world.view('ticker:ETH-USDT')).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
    stall.clear();
    const backMs = await trouble.recover(30_000);
    expect(new Set(trouble.told.map((line) => line.split(' ')[0]))).toEqual(new Set(['ticker:ETH-USDT']));
    await world.expectTruth();
    await world.close();
    measured({
      case: 5,
      fault: 'one topic stalls',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: 'only that topic stale and resubscribed; no other was told anything',
    });
  });
});
