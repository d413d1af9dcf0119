import { World } from '../binance-world.ts';
import type { SpokenDialects } from '../lab/lab-world.ts';
import { RotationWorld } from '../lab/rotation-world.ts';
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
        outcome:
          `${rotations.completed} rotations, ${ids.length} trades with contiguous ids, no status event, ` +
          `the book right at all of ${world.referee.compared} looks`,
      });
    },
  );

  test.each<SpokenDialects>([{ books: 'range' }, { books: 'chain', checksums: true }, { books: 'stream' }])(
    'case 9, on lab: no trade lost, none twice, no book wrong or begun anew (%j)',
    async (dialects) => {
      const lifetimeMs = { documented: 90_000, safe: 60_000 };
      const world = await RotationWorld.live({ seed: 9, dialects, lifetimeMs, isBusy: true });
      await world.clock.advance(300_000);
      await world.expectNothingNoticed();
      const { rotations } = world.manager.counters();
      expect(rotations.completed).toBeGreaterThanOrEqual(4);
      await world.close();
      measured({
        case: 9,
        fault: `connection of lab at the end of its life, five times (${JSON.stringify(dialects)})`,
        outcome:
          `${rotations.completed} rotations, no trade lost or doubled, no status event, ` +
          `the books right at all of ${world.referee.compared} looks`,
      });
    },
  );
});
