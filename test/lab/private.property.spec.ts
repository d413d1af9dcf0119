import { PRIVATE_CHANNELS, type MarketEvent } from '@exchange-stream/market-data';
import fc from 'fast-check';
import { AccountFollower } from './account-follower.ts';
import { LabWorld } from './lab-world.ts';

/** More, or others: SEEDS=100 SEED=7 */
const RUNS = Number(process.env.SEEDS ?? 6);
const SEED = Number(process.env.SEED ?? 1);

/** How long a consumer takes for each event, in milliseconds; 0: it is synchronous. */
const SPEEDS = [0, 50, 3_000] as const;

/** Longer than anything waits for: reconnects, missed fills, slow consumers. */
const SETTLED_MS = 400_000;

type Step =
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'disconnect' | 'rotate' | 'pause' }
  /** Nobody gets through for so long, REST included. */
  | { readonly do: 'refuse'; readonly seconds: number }
  /** One frame of fills in so many is lost on the way. */
  | { readonly do: 'lose-fills'; readonly oneIn: number };

const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 60 }) }),
    fc.record({ do: fc.constantFrom('disconnect' as const, 'rotate' as const, 'pause' as const) }),
    fc.record({ do: fc.constant('refuse' as const), seconds: fc.integer({ min: 5, max: 60 }) }),
    fc.record({ do: fc.constant('lose-fills' as const), oneIn: fc.integer({ min: 1, max: 4 }) }),
  ),
  { minLength: 3, maxLength: 10 },
);

/** Consumers of every speed, of all private channels: what each knows in the end. */
function followers(world: LabWorld, capacity: number): AccountFollower[] {
  const { clock } = world;
  return SPEEDS.flatMap((speed) => {
    const handling = new AccountFollower();
    const looping = new AccountFollower();
    for (const channel of PRIVATE_CHANNELS) {
      const handle = world.stream.subscribe({ exchange: 'lab', channel });
      const slowly = (event: MarketEvent): Promise<void> | undefined => {
        handling.receive(event);
        return speed === 0 ? undefined : new Promise((resolve) => void clock.after(speed, resolve));
      };
      handle.on(slowly, { capacity, name: `handler of ${speed}` });
      void (async () => {
        for await (const event of handle.events({ capacity, name: `loop of ${speed}` })) {
          looping.receive(event);
          if (speed > 0) await new Promise<void>((resolve) => void clock.after(speed, resolve));
        }
      })();
    }
    return [handling, looping];
  });
}

async function play(world: LabWorld, step: Step): Promise<void> {
  switch (step.do) {
    case 'wait':
      return world.clock.advance(step.seconds * 1_000);
    case 'disconnect':
      world.exchange.disconnectAll(1006);
      return world.clock.advance(3_000);
    case 'rotate':
      for (const { id, endpoint } of world.stream.manager('lab').connections())
        if (endpoint === 'private') world.stream.manager('lab').rotate(id);
      return world.clock.advance(1_000);
    case 'pause':
      world.exchange.pause();
      await world.clock.advance(10_000);
      world.exchange.resume();
      return;
    case 'refuse':
      world.network.refusing = true;
      world.exchange.disconnectAll(1006);
      await world.clock.advance(step.seconds * 1_000);
      world.network.refusing = false;
      return;
    case 'lose-fills': {
      let frames = 0;
      world.loses = (frame) => frame.includes('"topic":"fills"') && frames++ % step.oneIn === 0;
      await world.clock.advance(20_000);
      world.loses = () => false;
    }
  }
}

test(
  'whatever happens, everybody who follows an account comes to what the exchange has, and to every fill once',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(1, 3, 100), steps, async (seed, capacity, script) => {
        const world = new LabWorld({ seed });
        const all = followers(world, capacity);
        await world.clock.advance(10_000);
        for (const step of script) await play(world, step);
        world.calm();
        await world.clock.advance(30_000);
        world.exchange.market.pause();
        await world.clock.advance(SETTLED_MS);
        const { fills } = world.exchange.account('lab-key');
        const first = all[0]?.fillIds[0] ?? 1;
        const ids = fills.map(({ fillId }) => Number(fillId)).filter((id) => id >= first);
        for (const follower of all) {
          follower.expectTruth(world.exchange, 'lab-key');
          expect(follower.fillIds).toEqual(ids);
        }
        for (const consumer of world.stream.consumers()) {
          const { received, delivered, conflated, lost, abandoned, waiting } = consumer;
          expect({ ...consumer, received }).toEqual({
            ...consumer,
            received: delivered + conflated + lost + abandoned + waiting,
          });
        }
        world.expectAllAccountedFor();
        world.expectPromises();
        world.expectNoLeak();
        await world.close();
      }),
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env.SHRINK === undefined },
    );
  },
  RUNS * 30_000,
);
