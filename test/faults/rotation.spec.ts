import { World } from '../binance-world.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';

describe('faults of old age', () => {
  test.each([1, 2, 3])(
    'case 9: connections that the exchange would end are replaced before: no trade lost, none twice, never not live (seed %d)',
    async (seed) => {
      const world = new World(seed, undefined, { lifetimeMs: 60_000 });
      const ids: number[] = [];
      world.stream.listen({ channel: 'trades', params: {} }, (event) => {
        if (event.type === 'trade' && !event.aggregates) ids.push(Number(event.id));
      });
      await world.clock.advance(20_000);
      const trouble = new Trouble(world);
      await world.clock.advance(300_000);
      await world.expectTruth();
      expect(trouble.told).toEqual([]);
      const [first = 0] = ids;
      expect(ids).toEqual(ids.map((_, index) => first + index));
      const { rotations } = world.stream.manager('binance').counters();
      expect(rotations.completed).toBeGreaterThanOrEqual(4);
      await world.close();
      measured({
        case: 9,
        fault: 'connection at the end of its life, five times',
        outcome: `${rotations.completed} rotations, ${ids.length} trades with contiguous ids, no status event`,
      });
    },
  );
});
