import { LabWorld } from './lab-world.ts';

const DEADLINES_MS = { websocket: 60_000, text: 25_000, json: 25_000, 'test-request': 50_000 } as const;

describe.each(['websocket', 'text', 'json', 'test-request'] as const)(
  'a lab whose heartbeat is %s',
  (heartbeat) => {
    test('keeps its connections for a quarter of an hour', async () => {
      const world = new LabWorld({ seed: 1, dialects: { heartbeat } });
      world.stream.start();
      await world.clock.advance(15 * 60_000);
      expect(world.exchange.violations).toEqual([]);
      const open = world.stream.connections().filter(({ exchange }) => exchange === 'lab');
      expect(open.length).toBeGreaterThan(0);
      for (const { state, reconnects } of open)
        expect({ state, reconnects }).toEqual({ state: 'open', reconnects: 0 });
      await world.close();
    });

    test('is found silent within its deadline', async () => {
      const world = new LabWorld({ seed: 1, dialects: { heartbeat } });
      world.stream.start();
      await world.clock.advance(30_000);
      world.network.freeze();
      await world.clock.advance(DEADLINES_MS[heartbeat] + 1_000);
      const found = world.stream.connections().filter(({ exchange }) => exchange === 'lab');
      expect(found.map(({ state }) => state)).not.toContain('open');
      world.calm();
      await world.close();
    });
  },
);
