import type { MarketEvent } from '@exchange-stream/market-data';
import type { Fault } from '@exchange-stream/simulator';
import { measured } from './measured.ts';
import { liveLab } from './worlds.ts';

const QUOTES = { exchange: 'lab', channel: 'quotes', symbol: 'ETH/USDT' } as const;
const QUOTES_TOPIC = 'quotes:ETH-USDT';

const MISSING_ACKS: readonly { readonly fault: Fault; readonly is: string }[] = [
  { fault: { type: 'lose-ack', topic: QUOTES_TOPIC }, is: 'lost' },
  { fault: { type: 'misdirect-ack', topic: QUOTES_TOPIC }, is: 'of another request' },
];

const CANDLES = {
  exchange: 'lab',
  channel: 'candles',
  symbol: 'ETH/USDT',
  params: { interval: '1m' },
} as const;
const CANDLES_TOPIC = 'candles.1m:ETH-USDT';

describe('faults of requests', () => {
  test.each(MISSING_ACKS)(
    'case 30: an ack that is $is is waited for 10 s, asked for again at most twice, then failed with a code',
    async ({ fault, is }) => {
      const world = await liveLab({ seed: 30 });
      const injected = world.exchange.faults.inject(fault);
      const asked = world.clock.monotonic();
      let detectedMs = Infinity;
      world.stream.onLifecycle((event) => {
        if (
          event.type === 'subscription' &&
          event.subscription.topic === QUOTES_TOPIC &&
          event.subscription.attempts === 2
        )
          detectedMs = Math.min(detectedMs, world.clock.monotonic() - asked);
      });
      world.hold(QUOTES);
      await world.clock.advance(11_000);
      expect(world.view(QUOTES_TOPIC)).toMatchObject({ state: 'subscribing', attempts: 2 });
      expect(detectedMs).toBeLessThanOrEqual(10_100);
      await world.clock.advance(24_000);
      const view = world.view(QUOTES_TOPIC);
      expect(view).toMatchObject({ state: 'failed', failure: 'ack-timeout' });
      // And once given back: what was never answered may have been carried out.
      expect(injected.hits).toBe(4);
      injected.clear();
      await world.recover(600_000);
      await world.expectTruth();
      await world.close();
      measured({
        case: 30,
        fault: `ack ${is}`,
        detectedMs,
        outcome: `three requests, then failed (${view.reason}), live once the exchange answers`,
      });
    },
  );

  test('case 30: a topic that is confirmed and then ignored is found out by its silence, and asked for again', async () => {
    const world = await liveLab({ seed: 30 });
    const began = world.clock.monotonic();
    const ignored = world.exchange.faults.inject({ type: 'ignore-requests', topic: CANDLES_TOPIC, count: 1 });
    let foundMs = Infinity;
    world.stream.listen({ exchange: 'lab', channel: 'candles' }, (event) => {
      if (event.type === 'status' && event.state === 'stale') foundMs = world.clock.monotonic() - began;
    });
    world.hold(CANDLES);
    await world.clock.advance(15_000);
    expect(foundMs).toBeLessThan(15_000);
    expect(ignored.hits).toBe(1);
    await world.recover(60_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 30,
      fault: 'acknowledged, and silently ignored',
      detectedMs: foundMs,
      outcome: 'stale, asked for again, live',
    });
  });

  test('case 30: an ack that an error follows for the same request is taken at its word, and the silence after it found out', async () => {
    const world = await liveLab({ seed: 30 });
    const injected = world.exchange.faults.inject({ type: 'ack-then-error', topic: CANDLES_TOPIC, count: 1 });
    world.hold(CANDLES);
    await world.clock.advance(1_000);
    expect(world.view(CANDLES_TOPIC).state).toBe('subscribed');
    expect(injected.hits).toBe(1);
    await world.recover(60_000);
    expect(world.view(CANDLES_TOPIC).counters.resubscribes).toBe(1);
    await world.expectTruth();
    await world.close();
    measured({
      case: 30,
      fault: 'ack, then an error',
      outcome: 'confirmed, found silent, asked for again, live',
    });
  });

  test('case 31: rows of a symbol that nobody subscribed are counted and reach nobody', async () => {
    const world = await liveLab({ seed: 31 });
    const events: MarketEvent[] = [];
    world.exchange.market.pause();
    await world.clock.advance(2_000);
    world.stream.listen({ exchange: 'lab' }, (event) => {
      if (event.type === 'trade') events.push(event);
    });
    const { ignored, unhandled } = world.stream.manager('lab').counters();
    const before = [...ignored.values()].reduce((sum, count) => sum + count, unhandled);
    world.exchange.faults.inject({
      type: 'unsolicited-frame',
      topic: 'trades:ETH-USDT',
      data: [{ id: '1', price: '1', amount: '1', side: 'buy', time: 1 }],
    });
    await world.clock.advance(1_000);
    const after = world.stream.manager('lab').counters();
    const lab = world.stream.connections().filter(({ exchange }) => exchange === 'lab').length;
    expect([...after.ignored.values()].reduce((sum, count) => sum + count, after.unhandled)).toBe(
      before + lab,
    );
    expect(events).toEqual([]);
    world.exchange.market.resume();
    await world.clock.advance(1_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 31,
      fault: 'row of a symbol nobody subscribed',
      outcome: 'counted, delivered to nobody',
    });
  });
});
