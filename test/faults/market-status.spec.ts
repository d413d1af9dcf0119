import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';
import { liveLab } from './worlds.ts';

describe('faults of markets', () => {
  test('case 35: a halted market is told as halted and left alone; the others go on; it is live when it opens', async () => {
    const world = await liveLab({ seed: 35 });
    const trouble = new Trouble(world);
    world.exchange.faults.inject({ type: 'halt', symbol: 'BTC-USDT', forMs: 600_000 });
    await world.clock.advance(599_000);
    for (const { exchange, symbol, data, counters } of world.stream.subscriptions()) {
      if (exchange !== 'lab') continue;
      expect([symbol, data]).toEqual([symbol, symbol === 'BTC/USDT' ? 'halted' : 'live']);
      expect(counters.resubscribes).toBe(0);
    }
    expect(trouble.told.filter((line) => line.startsWith('ticker:ETH-USDT'))).toEqual([]);
    await world.clock.advance(1_000);
    const backMs = await trouble.recover(60_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 35,
      fault: 'market halted for 10 min',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: 'halted in band, no resubscribe, the other symbol untouched, live after the opening',
    });
  });

  test('a book whose snapshot comes with its subscription is asked for anew at once when its market opens', async () => {
    const world = await liveLab({ seed: 35, dialects: { books: 'stream' } });
    world.exchange.faults.inject({ type: 'halt', symbol: 'BTC-USDT', forMs: 60_000 });
    await world.clock.advance(59_000);
    expect(world.view('book:BTC-USDT').data).toBe('halted');
    await world.clock.advance(3_000);
    expect(world.view('book:BTC-USDT').data).toBe('live');
    await world.expectTruth();
    await world.close();
  });
});
