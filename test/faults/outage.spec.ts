import { World } from '../binance-world.ts';
import { heldBytes } from './heap.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';

describe('faults that last', () => {
  test('case 36: an exchange that is away for six hours is back unaided; nothing has piled up meanwhile', async () => {
    const world = new World(36);
    await world.clock.advance(10_000);
    const trouble = new Trouble(world);
    world.exchange.market.pause();
    world.network.refusing = true;
    world.network.drop();
    await world.clock.advance(600_000);
    const [timers, told] = [world.clock.pending, trouble.told.length];
    const held = heldBytes();
    await world.clock.advance(6 * 3_600_000 - 600_000);
    expect(world.clock.pending).toBeLessThanOrEqual(timers + 2);
    expect(trouble.told).toHaveLength(told);
    const share = heldBytes() / held;
    expect(share).toBeLessThan(1.05);
    for (const { state, failure } of world.stream.connections())
      expect([state, failure?.kind]).toEqual(['waiting', 'refused']);
    world.exchange.market.resume();
    world.network.refusing = false;
    const backMs = await trouble.recover(60_000);
    await world.expectTruth();
    await world.close();
    measured({
      case: 36,
      fault: 'exchange down for 6 h',
      detectedMs: trouble.detectedMs!,
      backMs,
      outcome: `timers ${timers} after 10 min and no more after 6 h, memory × ${share.toFixed(2)}, no status repeated`,
    });
  });
});
