import { PacedWorld } from './paced-exchange.ts';

const learning = (): PacedWorld =>
  new PacedWorld(['quotes', 'trades'], ['BTC/USDT'], undefined, { provenBy: ['trades'] });

/** Quotes come every so many seconds, until they end for good. */
function paced(world: PacedWorld, everyMs: number): { end(): void } {
  let hasEnded = false;
  let lastAt = -Infinity;
  world.isSilent = (topic) => {
    if (!topic.startsWith('quotes.')) return false;
    const now = world.clock.monotonic();
    if (hasEnded || now - lastAt < everyMs) return true;
    lastAt = now;
    return false;
  };
  return { end: () => void (hasEnded = true) };
}

describe('a topic whose pace nobody promises', () => {
  test('is not judged before enough rows have shown it', async () => {
    const world = learning();
    const quotes = paced(world, 1_000);
    await world.run(15_000);
    quotes.end();
    await world.run(1_200_000);
    expect(world.view('quotes')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });

  test('is found silent while its sibling moves, not before the least patience', async () => {
    const world = learning();
    const quotes = paced(world, 1_000);
    await world.run(60_000);
    quotes.end();
    await world.run(9_000);
    expect(world.view('quotes').data).toBe('live');
    await world.run(8_000);
    expect(world.view('quotes')).toMatchObject({ data: 'stale', counters: { resubscribes: 1 } });
  });

  test('is not accused when the market rests', async () => {
    const world = learning();
    paced(world, 1_000);
    await world.run(60_000);
    world.isSilent = () => true;
    await world.run(600_000);
    expect(world.view('quotes')).toMatchObject({ data: 'live', counters: { resubscribes: 0 } });
  });

  test('is given time where it is slow, and found out all the same', async () => {
    const world = learning();
    const quotes = paced(world, 30_000);
    await world.run(30_000 * 25);
    expect(world.view('quotes').counters.resubscribes).toBe(0);
    quotes.end();
    await world.run(90_000);
    expect(world.view('quotes').data).toBe('live');
    await world.run(90_000);
    expect(world.view('quotes').data).toBe('stale');
  });

  test('is never judged where it is so slow that nobody would wait for the verdict', async () => {
    const world = learning();
    const quotes = paced(world, 240_000);
    await world.run(240_000 * 22);
    quotes.end();
    await world.run(1_800_000);
    expect(world.view('quotes').counters.resubscribes).toBe(0);
  });
});
