import type { MarketEvent, TradeEvent } from '@exchange-stream/market-data';
import type { LabWorld } from '../lab/lab-world.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

/** A frame of a topic that is subscribed, with whatever an exchange might one day put into it. */
function send(world: LabWorld, topic: string, data: unknown): Promise<void> {
  world.exchange.faults.inject({ type: 'unsolicited-frame', topic, data });
  return world.clock.advance(100);
}

const ROW = { id: '1', price: '100.00', amount: '1', side: 'buy', time: 1_767_225_600_000 };

describe('faults of frames', () => {
  test.each(['garbage', 'truncated', 'invalid-utf8'] as const)(
    'case 15: one frame of %s is counted and costs nothing else; many cost the connection, never the process',
    async (how) => {
      const world = await liveLab({ seed: 15 });
      const { counters } = { counters: () => world.stream.manager('lab').counters() };
      const before = counters().undecodable;
      world.exchange.faults.inject({ type: 'corrupt-frames', how, topic: 'ticker:BTC-USDT', count: 1 });
      await world.clock.advance(2_500);
      const reconnects = counters().reconnects;
      // What is no UTF-8 the WebSocket protocol itself forbids: the connection fails (RFC 6455, 8.1).
      if (how === 'invalid-utf8') expect(reconnects).toBe(1);
      else expect([counters().undecodable, reconnects]).toEqual([before + 1, 0]);
      await world.recover(60_000);
      const trouble = new Trouble(world);
      const many = world.exchange.faults.inject({ type: 'corrupt-frames', how, topic: 'ticker:BTC-USDT' });
      await world.clock.advance(40_000);
      expect(counters().reconnects).toBeGreaterThan(reconnects);
      many.clear();
      const backMs = await trouble.recover(120_000);
      await world.expectTruth();
      await world.close();
      measured({
        case: 15,
        fault: `frames of ${how}`,
        detectedMs: trouble.detectedMs!,
        backMs,
        outcome: 'one is counted, many in a minute recycle the connection',
      });
    },
  );

  test.each(['deep-nesting', 'prototype-keys'] as const)(
    'case 18: frames with %s leave the prototype untouched and the process alive',
    async (how) => {
      const world = await liveLab({ seed: 18 });
      world.exchange.faults.inject({ type: 'corrupt-frames', how, count: 10 });
      await world.clock.advance(10_000);
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      await world.recover(120_000);
      await world.expectTruth();
      await world.close();
      measured({ case: 18, fault: how, outcome: 'prototype untouched, all live' });
    },
  );

  test('case 19: numbers that are none are rejected with the reason, and long ones keep every digit', async () => {
    const world = await liveLab({ seed: 19 });
    const trades: TradeEvent[] = [];
    world.stream.listen({ exchange: 'lab', channel: 'trades' }, (event: MarketEvent) => {
      if (event.type === 'trade') trades.push(event);
    });
    world.exchange.market.pause();
    await world.clock.advance(1_000);
    const view = (): number => world.view('trades:BTC-USDT').counters.rejected;
    const before = view();
    const delivered = trades.length;
    const problems: string[] = [];
    world.stream.onLifecycle((event) => {
      if (event.type === 'frame-problem') problems.push(event.detail);
    });
    const bad = [
      { price: 'NaN' },
      { price: '' },
      { amount: '-1' },
      { price: '1e999999' },
      { id: null },
      { side: 'up' },
    ];
    for (const wrong of bad) await send(world, 'trades:BTC-USDT', [{ ...ROW, ...wrong }]);
    expect(view()).toBe(before + bad.length);
    expect(problems[0]).toMatch(/price/);
    expect(trades).toHaveLength(delivered);
    const exact = {
      id: '12345678901234567890',
      price: '0.12345678901234567890123',
      amount: '98765432109876543210.5',
    };
    await send(world, 'trades:BTC-USDT', [{ ...ROW, ...exact }]);
    expect(trades.at(-1)).toMatchObject(exact);
    world.exchange.market.resume();
    await world.clock.advance(2_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 19,
      fault: 'NaN, empty, negative, 1e999999, no id, no side',
      outcome: `${bad.length} of ${bad.length} rows rejected by name, 24 digits kept`,
    });
  });

  test('case 20: an unknown message is counted, a new field is taken, a changed type is rejected and not silent', async () => {
    // Ids that need not follow one another.
    const world = await liveLab({ seed: 20, dialects: { tradeIds: 'text' } });
    const trouble = new Trouble(world);
    const { ignored, unhandled } = world.stream.manager('lab').counters();
    const known = unhandled + [...ignored.values()].reduce((sum, count) => sum + count, 0);
    const connections = world.stream.connections().filter(({ exchange }) => exchange === 'lab').length;
    await send(world, 'liquidations:BTC-USDT', { new: true });
    const after = world.stream.manager('lab').counters();
    expect(after.unhandled + [...after.ignored.values()].reduce((sum, count) => sum + count, 0)).toBe(
      known + connections,
    );
    const { delivered, rejected } = world.view('trades:BTC-USDT').counters;
    world.exchange.market.pause();
    await world.clock.advance(500);
    const settled = world.view('trades:BTC-USDT').counters.delivered;
    await send(world, 'trades:BTC-USDT', [{ ...ROW, id: '999999998', venue: 'dark', tags: [1] }]);
    expect(world.view('trades:BTC-USDT').counters.delivered).toBe(settled + 1);
    await send(world, 'trades:BTC-USDT', [{ ...ROW, id: '999999999', price: { value: 1 } }]);
    await send(world, 'trades:BTC-USDT', { rows: [] });
    expect(world.view('trades:BTC-USDT').counters).toMatchObject({ rejected: rejected + 2 });
    expect(delivered).toBeLessThanOrEqual(settled);
    expect(trouble.told).toEqual([]);
    world.exchange.market.resume();
    await world.clock.advance(1_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 20,
      fault: 'unknown topic, new field, changed type',
      outcome: 'counted, taken, rejected with a report; nobody else noticed',
    });
  });

  test('case 21: a flood of a thousand pings is answered within the message limit, and nothing else suffers', async () => {
    const pongs: number[] = [];
    const world = await liveLab({
      seed: 21,
      transportLog: (entry) => {
        if (entry.event === 'pong-sent' || entry.event === 'sent') pongs.push(entry.at);
      },
    });
    const trouble = new Trouble(world);
    pongs.splice(0);
    world.exchange.faults.inject({ type: 'ping-flood', pings: 1_000 });
    await world.clock.advance(30_000);
    const busiest = Math.max(
      ...pongs.map((at) => pongs.filter((other) => other > at - 1_000 && other <= at).length),
    );
    // Two connections to lab and one to its neighbour, five messages a second each.
    expect(busiest).toBeLessThanOrEqual(15);
    expect(pongs.length).toBeGreaterThan(0);
    expect(trouble.told).toEqual([]);
    await world.expectTruth();
    await world.close();
    measured({
      case: 21,
      fault: '1,000 pings at once on each connection',
      outcome: `at most ${busiest} messages in any second on all three connections, no violation`,
    });
  });
});
