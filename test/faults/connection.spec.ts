import { lab } from '../lab/adapter/lab.adapter.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

const { heartbeat } = lab().endpoints['public']!;
const LONGEST_BACK_MS = 120_000;

describe('faults of connections', () => {
  test('case 3: a half-open connection is found out within the heartbeat’s deadline, told as stale, and left', async () => {
    const world = await liveLab({ seed: 3 });
    const trouble = new Trouble(world);
    const connections = world.stream.connections().map(({ reconnects }) => reconnects);
    world.network.freeze();
    await world.clock.advance(heartbeat.deadlineMs + 1_000);
    expect(trouble.detectedMs).toBeLessThanOrEqual(heartbeat.deadlineMs);
    for (const { exchange, data, reason } of world.stream.subscriptions())
      if (exchange === 'lab') expect({ data, reason }).toMatchObject({ data: 'stale' });
    world.network.thaw();
    const backMs = await trouble.recover(LONGEST_BACK_MS);
    // What was frozen did not answer pings, which the exchange holds against us.
    await world.expectTruth(['pong-timeout']);
    const after = world.stream.connections().map(({ reconnects }) => reconnects);
    expect(after).not.toEqual(connections);
    await world.close();
    measured({
      case: 3,
      fault: 'half-open TCP',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: `terminated, stale before the reconnect; deadline of the exchange ${heartbeat.deadlineMs} ms`,
    });
  });

  test.each([
    { code: 1000, leastMs: 0 },
    { code: 1001, leastMs: 0 },
    { code: 1006, leastMs: 0 },
    { code: 1008, leastMs: 10_000 },
    { code: 1011, leastMs: 0 },
    { code: 1012, leastMs: 0 },
    { code: 1013, leastMs: 5_000 },
    { code: undefined, leastMs: 0 },
    { code: 'malformed' as const, leastMs: 0 },
  ])(
    'case 8: a close with $code is told at once, and dialled again as the code asks',
    async ({ code, leastMs }) => {
      const world = await liveLab({ seed: 8 });
      const trouble = new Trouble(world);
      const dialled: number[] = [];
      world.stream.onLifecycle((event) => {
        if (event.type === 'connection' && event.connection.state === 'connecting')
          dialled.push(world.clock.monotonic());
      });
      const closedAt = world.clock.monotonic();
      const { faults } = world.exchange;
      if (code === 1006) faults.inject({ type: 'cut' });
      else if (code === 'malformed') faults.inject({ type: 'malformed-close' });
      else faults.inject({ type: 'close', ...(code !== undefined && { code }) });
      await world.clock.advance(100);
      const backMs = await trouble.recover(LONGEST_BACK_MS);
      expect(trouble.detectedMs).toBeLessThanOrEqual(100);
      expect(dialled[0]! - closedAt).toBeGreaterThanOrEqual(leastMs);
      await world.expectTruth();
      await world.close();
      measured({
        case: 8,
        fault: `close ${code ?? 'without a code'}`,
        detectedMs: trouble.detectedMs!,
        backMs,
        outcome: `dialled again after ${Math.round(dialled[0]! - closedAt)} ms (at least ${leastMs})`,
      });
    },
  );

  test('case 13: an exchange that drops us every 2 s meets a growing backoff, forgotten only after a healthy minute', async () => {
    const world = await liveLab({ seed: 13 });
    const opened: number[] = [];
    let flaps = true;
    world.stream.onLifecycle((event) => {
      if (event.type !== 'connection' || event.connection.exchange !== 'lab') return;
      if (event.connection.state !== 'open') return;
      opened.push(world.clock.monotonic());
      if (flaps) world.clock.after(2_000, () => world.exchange.disconnectAll(1012));
    });
    world.exchange.disconnectAll(1012);
    await world.clock.advance(600_000);
    const attempts = (): number[] =>
      world.stream
        .connections()
        .filter(({ exchange }) => exchange === 'lab')
        .map((view) => view.attempts);
    const most = Math.max(...attempts());
    expect(most).toBeGreaterThan(5);
    // Without a backoff it would be 300 times, on each of the two connections.
    expect(opened.length).toBeLessThan(150);
    const waits = opened.slice(1).map((at, index) => at - opened[index]!);
    expect(Math.max(...waits.slice(-20))).toBeGreaterThan(Math.max(...waits.slice(0, 4)));

    flaps = false;
    await world.recover(LONGEST_BACK_MS);
    await world.clock.advance(30_000);
    expect(Math.max(...attempts())).toBeGreaterThan(5);
    await world.clock.advance(60_000);
    world.exchange.disconnectAll(1012);
    await world.clock.advance(10);
    expect(attempts()).toEqual([1, 1]);
    await world.recover(LONGEST_BACK_MS);
    await world.expectTruth();
    await world.close();
    measured({
      case: 13,
      fault: 'dropped every 2 s for 10 min',
      outcome: `${opened.length} opens of 2 connections, ${most} attempts counted; forgotten after a healthy minute`,
    });
  });
});
