import type { FillEvent, MarketEvent } from '@exchange-stream/market-data';
import { AccountWorld, fill, type AccountOptions } from './account-exchange.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function told(event: MarketEvent): string {
  if (event.type === 'status') return event.state;
  const { id, recovered } = event as FillEvent;
  return `${recovered ? 'recovered ' : ''}${id}`;
}

async function live(options: AccountOptions = {}, past = [fill(1)]): Promise<AccountWorld> {
  const world = new AccountWorld(options);
  world.fills.push(...past);
  world.stream.subscribe({ exchange: 'fake', channel: 'fills' });
  world.stream.start();
  await world.serve();
  return world;
}

function happen(world: AccountWorld, from: number, to = from): void {
  for (let id = from; id <= to; id++) {
    world.fills.push(fill(id));
    world.socket.push({ topic: 'fills', rows: [fill(id)] });
  }
}

/** A handler that takes each event until it is let go on. */
class Patient {
  readonly seen: string[] = [];
  private readonly open: (() => void)[] = [];

  readonly handle = (event: MarketEvent): Promise<void> => {
    this.seen.push(told(event));
    return new Promise((resolve) => this.open.push(resolve));
  };

  /** Lets it go on with one event. */
  next(): void {
    this.open.shift()?.();
  }

  /** Lets it go on until nothing comes any more. */
  async finish(world: AccountWorld): Promise<string[]> {
    for (let idle = 0; idle < 3; idle++) {
      for (let resolve = this.open.shift(); resolve; resolve = this.open.shift()) {
        resolve();
        await turn();
        idle = 0;
      }
      await world.settle();
    }
    return this.seen.splice(0);
  }
}

const upTo = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `recovered ${from + index}`);

describe('fills that a consumer was too slow for', () => {
  test('are told as a gap and asked for, after the last that it had and before what comes then', async () => {
    const world = await live();
    const slow = new Patient();
    const quick: string[] = [];
    world.stream.listen({}, slow.handle, { capacity: 4, name: 'slow' });
    world.stream.listen({}, (event) => void quick.push(told(event)));
    happen(world, 2, 12);
    const all = await slow.finish(world);
    expect(all).toEqual(['live', 'gap', ...upTo(2, 12), 'live']);
    expect(quick).toEqual(['live', ...Array.from({ length: 11 }, (_, index) => String(index + 2))]);
    const [view] = world.stream.consumers();
    expect(view).toMatchObject({ name: 'slow', lost: 11, waiting: 0, received: 25, delivered: 14 });
    happen(world, 13);
    expect(await slow.finish(world)).toEqual(['13']);
  });

  test('come once each, whatever happens while they are asked for', async () => {
    const world = await live();
    const slow = new Patient();
    world.stream.listen({}, slow.handle, { capacity: 3 });
    happen(world, 2, 8);
    for (let id = 9; id < 40; id++) {
      happen(world, id);
      slow.next();
      await world.settle();
      await turn();
    }
    const all = [...slow.seen.splice(0), ...(await slow.finish(world))].filter((word) => /\d/.test(word));
    expect(all.map((word) => Number(word.replace('recovered ', '')))).toEqual(
      Array.from({ length: 38 }, (_, index) => index + 2),
    );
  });

  test('are asked for to the end where a status waits behind some of them', async () => {
    const world = await live();
    const slow = new Patient();
    world.stream.listen({}, slow.handle, { capacity: 3 });
    happen(world, 2, 9);
    slow.next();
    await turn();
    slow.next();
    await world.settle();
    world.socket.push({ pause: 'for a moment' });
    expect((await slow.finish(world)).slice(1)).toEqual([
      'gap',
      ...upTo(2, 4),
      'halted',
      ...upTo(5, 9),
      'halted',
    ]);
  });

  test('begin for a loop where it stands', async () => {
    const world = await live();
    const handle = world.stream.subscribe({ exchange: 'fake', channel: 'fills' });
    const loop = handle.events({ capacity: 2 });
    happen(world, 2, 9);
    const seen: string[] = [];
    while (seen.at(-1) !== 'live' || seen.length < 5) {
      const next = loop.next();
      await world.settle();
      seen.push(told((await next).value as MarketEvent));
    }
    expect(seen).toEqual(['gap', ...upTo(2, 9), 'live']);
    await loop.return?.();
    await handle.unsubscribe();
  });

  test('are those of an account that had none before', async () => {
    const world = await live({}, []);
    const slow = new Patient();
    world.stream.listen({}, slow.handle, { capacity: 2 });
    happen(world, 1, 6);
    expect(await slow.finish(world)).toEqual(['live', 'gap', ...upTo(1, 6), 'live']);
  });

  test('come once to each of several handlers with one queue', async () => {
    const world = await live();
    const [one, two] = [new Patient(), new Patient()];
    world.stream.listenTogether(
      'desk',
      [
        { name: 'one', of: {}, receives: 'data', invoke: one.handle },
        { name: 'two', of: {}, receives: 'data', invoke: two.handle },
      ],
      3,
    );
    happen(world, 2, 9);
    const seen = [new Set<string>(), new Set<string>()];
    const counts = [0, 0];
    for (let round = 0; round < 60; round++)
      for (const [index, patient] of [one, two].entries())
        for (const word of await patient.finish(world)) {
          seen[index]?.add(word.replace('recovered ', ''));
          counts[index]!++;
        }
    expect(counts).toEqual([8, 8]);
    expect(seen.map((ids) => [...ids])).toEqual([
      ['2', '3', '4', '5', '6', '7', '8', '9'],
      ['2', '3', '4', '5', '6', '7', '8', '9'],
    ]);
  });

  test('that cannot be had are told as missing, and fills go on', async () => {
    const world = await live();
    const slow = new Patient();
    const reasons: string[] = [];
    world.stream.listen(
      {},
      (event) => {
        if (event.type === 'status' && event.state === 'gap') reasons.push(event.reason);
        return slow.handle(event);
      },
      { capacity: 2 },
    );
    happen(world, 2, 6);
    world.failures = 100;
    await slow.finish(world);
    happen(world, 7);
    await world.clock.advance(10_000);
    expect((await slow.finish(world)).slice(-3)).toEqual(['gap', '7', 'live']);
    expect(reasons.at(-1)).toContain('fills may be missing: fake refused');
  });

  test('are lost where the exchange tells them nowhere', async () => {
    const world = await live({ withoutFills: true, hasConsecutiveIds: false });
    const slow = new Patient();
    world.stream.listen({}, slow.handle, { capacity: 2 });
    happen(world, 2, 6);
    expect(await slow.finish(world)).toEqual(['live', 'gap', 'live']);
  });

  test('are not waited for by one who has left', async () => {
    const world = await live();
    const slow = new Patient();
    const leave = world.stream.listen({}, slow.handle, { capacity: 2 });
    happen(world, 2, 6);
    world.failures = 100;
    await slow.finish(world);
    leave();
    const closed = world.stream.close();
    await world.clock.advance(10_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });
});
