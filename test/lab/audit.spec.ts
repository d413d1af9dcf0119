import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { LifecycleEvent } from '@exchange-stream/nestjs/engine';
import { BOOK, LabWorld } from './lab-world.ts';

const TICKER: SubscriptionRequest = { exchange: 'lab', channel: 'ticker', symbol: 'BTC/USDT' };

/** What a part of the engine keeps to itself, to plant what cannot be. */
const inside = <T>(of: object, name: string): T => Reflect.get(of, name) as T;

async function live(): Promise<LabWorld> {
  const world = new LabWorld({ seed: 7, dialects: { books: 'range' }, subscriptions: [TICKER] });
  await world.recover(60_000);
  return world;
}

/** What was found since, and is no longer held against the world. */
const found = (world: LabWorld): unknown[] =>
  world.inconsistencies
    .splice(0)
    .map((event) => event as Extract<LifecycleEvent, { type: 'inconsistency' }>)
    .map(({ kind, subscription, done }) => [kind, subscription?.includes('ticker'), done]);

describe('what the audit finds in a market that moves', () => {
  test('a book that waits for a snapshot that nobody asks for', async () => {
    const world = await live();
    const seeds = inside<{ request(): void }>(world.stream.manager('lab'), 'seeds');
    const request = jest.spyOn(seeds, 'request').mockImplementation(() => undefined);
    let isLost = false;
    world.loses = (frame) => !isLost && (isLost = frame.includes('"book:BTC-USDT"'));
    await world.clock.advance(5_000);
    request.mockRestore();
    expect(world.view('book:BTC-USDT').data).toBe('gap');
    await world.clock.advance(10_000);
    expect(found(world)).toEqual([['unseeded', false, 'asked for']]);
    expect(world.view('book:BTC-USDT').data).toBe('live');
    await world.expectTruth();
    await world.close();
  });

  test('a ticker that is live, does not come, and is not found silent', async () => {
    const world = await live();
    const liveness = inside<{ stop(): void }>(inside(world.stream.manager('lab'), 'registry'), 'liveness');
    liveness.stop();
    world.loses = (frame) => frame.includes('"ticker:BTC-USDT"') && frame.includes('"data"');
    await world.clock.advance(40_000);
    expect(found(world)).toEqual([
      ['silent', true, 'told its consumers that it is stale, and asked for again'],
    ]);
    expect(world.view('ticker:BTC-USDT').data).toBe('stale');
    world.calm();
    await world.clock.advance(5_000);
    expect(world.view('ticker:BTC-USDT').data).toBe('live');
    await world.expectTruth();
    await world.close();
  });

  test('nothing through losses, gaps, a pause and a rotation', async () => {
    const world = await live();
    const { stream } = world;
    stream.manager('lab').recycle(world.view('book:BTC-USDT').connection ?? '');
    await world.recover(60_000);
    stream.manager('lab').rotate(world.view('book:BTC-USDT').connection ?? '');
    await world.clock.advance(60_000);
    void stream.disable('lab');
    await world.clock.advance(60_000);
    stream.enable('lab');
    await world.recover(60_000);
    expect(world.stream.subscriptions().find(({ key }) => key.includes(BOOK.channel))?.data).toBe('live');
    await world.expectTruth();
    await world.close();
  });
});
