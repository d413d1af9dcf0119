import { LabWorld } from './lab-world.ts';

const TOPIC = 'book:BTC-USDT';
const OTHERS = [
  { exchange: 'lab', channel: 'book', symbol: 'ETH/USDT' },
  { exchange: 'lab', channel: 'ticker', symbol: 'BTC/USDT' },
] as const;

const streaming = (): LabWorld =>
  new LabWorld({ seed: 1, dialects: { books: 'stream' }, subscriptions: OTHERS });

/** What shows that somebody else has noticed. */
const others = (world: LabWorld): unknown[] =>
  world.stream
    .subscriptions()
    .filter(({ topic }) => topic !== TOPIC)
    .map(({ key, data, dataSince, counters }) => ({ key, data, dataSince, gaps: counters.gaps }));

describe('a book whose snapshot comes with its subscription', () => {
  test('is whole again within seconds of a gap, and nobody else notices', async () => {
    const world = streaming();
    await world.clock.advance(10_000);
    const before = others(world);
    const gaps = world.view(TOPIC).counters.gaps;
    world.exchange.faults.inject({ type: 'drop-frames', topic: TOPIC, count: 1 });
    await world.clock.advance(8_000);
    expect(world.view(TOPIC)).toMatchObject({
      state: 'subscribed',
      data: 'live',
      counters: { gaps: gaps + 1 },
    });
    expect(others(world)).toEqual(before);
    await world.expectTruth();
    await world.close();
  });

  test('is asked for again when its first snapshot was lost', async () => {
    const world = streaming();
    world.exchange.faults.inject({ type: 'drop-frames', topic: TOPIC, count: 1 });
    await world.clock.advance(8_000);
    expect(world.view(TOPIC)).toMatchObject({ state: 'subscribed', data: 'syncing' });
    await world.clock.advance(8_000);
    expect(world.view(TOPIC)).toMatchObject({ state: 'subscribed', data: 'live', counters: { gaps: 0 } });
    await world.expectTruth();
    await world.close();
  });

  test('that never holds is asked for ever more slowly', async () => {
    const world = streaming();
    await world.clock.advance(10_000);
    let lost = 0;
    // Every other of its changes is lost.
    world.loses = (frame) => {
      const text = frame.toString();
      return (
        text.includes(TOPIC) && text.includes('"last"') && !text.includes('"snapshot"') && lost++ % 2 === 0
      );
    };
    const gapsIn = async (ms: number): Promise<number> => {
      const before = world.view(TOPIC).counters.gaps;
      await world.clock.advance(ms);
      return world.view(TOPIC).counters.gaps - before;
    };
    await gapsIn(60_000);
    const later = await gapsIn(5 * 60_000);
    expect(later).toBeGreaterThan(5);
    expect(later).toBeLessThan(30);
    world.calm();
    await world.recover(60_000);
    await world.expectTruth();
    await world.close();
  });
});
