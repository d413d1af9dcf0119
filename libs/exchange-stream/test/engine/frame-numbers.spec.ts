import type { MarketEvent } from '@exchange-stream/market-data';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

/** One connection of an exchange that numbers its frames, with trades of two symbols. */
async function connected(): Promise<{ world: FakeWorld; events: MarketEvent[] }> {
  const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT'), trades('ETH/USDT')] });
  const events: MarketEvent[] = [];
  world.stream.listen({}, (event) => void events.push(event));
  await world.connect();
  world.socket.ackAll();
  events.length = 0;
  return { world, events };
}

const push = (world: FakeWorld, ...numbers: number[]): void => {
  for (const number of numbers)
    world.socket.push({ topic: 'trades.BTCUSDT', id: String(number), price: '5', number });
};

const told = (events: readonly MarketEvent[]): string[] =>
  events.map((event) => {
    if (event.type === 'status')
      return `${event.subscription.includes('BTC') ? 'BTC' : 'ETH'} ${event.state}`;
    return event.type === 'trade' ? `trade ${event.id}` : event.type;
  });

async function close(world: FakeWorld): Promise<void> {
  await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  expect(world.clock.pending).toBe(0);
}

describe('frames that the exchange numbers over the whole connection', () => {
  test('are each read once, in order', async () => {
    const { world, events } = await connected();
    push(world, 1, 2, 2, 1, 3);
    expect(told(events)).toEqual(['trade 1', 'trade 2', 'trade 3']);
    expect(world.stream.manager('fake').counters()).toMatchObject({ repeatedFrames: 2, frameGaps: 0 });
    await close(world);
  });

  test('are missed by every subscription of the connection when one does not come', async () => {
    const { world, events } = await connected();
    push(world, 1, 3, 4);
    expect(told(events)).toEqual([
      ...['trade 1', 'BTC gap', 'BTC live', 'ETH gap', 'ETH live'],
      ...['trade 3', 'trade 4'],
    ]);
    expect(events.find(({ type }) => type === 'status')).toMatchObject({
      reason: 'frames 2 to 2 of the connection are missing',
    });
    expect(world.stream.manager('fake').counters()).toMatchObject({ frameGaps: 1, gaps: 2 });
    expect(world.socket.sent).toEqual([]);
    await close(world);
  });

  test('cost the connection when they are missing again and again', async () => {
    const { world, events } = await connected();
    push(world, 1, 3, 5);
    expect(world.stream.connections()).toMatchObject([{ state: 'open' }]);
    events.length = 0;
    push(world, 7, 8);
    expect(told(events).filter((line) => line.startsWith('trade'))).toEqual([]);
    expect(world.stream.connections()).toMatchObject([
      {
        state: 'waiting',
        reason: 'frames 6 to 6 of the connection are missing, and so were others before',
      },
    ]);
    await close(world);
  });

  test('may be missing once in a while', async () => {
    const { world } = await connected();
    let number = 0;
    for (let passedMs = 0; passedMs < 10 * 60_000; passedMs += 10_000) {
      // Every fourth frame is missing.
      number += passedMs % 40_000 === 0 ? 2 : 1;
      push(world, number);
      await world.clock.advance(10_000);
    }
    expect(world.stream.manager('fake').counters().frameGaps).toBe(14);
    expect(world.sockets.length).toBe(1);
    await close(world);
  });

  test('are counted anew on every socket', async () => {
    const { world } = await connected();
    push(world, 1, 2);
    world.socket.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    push(world, 1, 2);
    expect(world.stream.manager('fake').counters()).toMatchObject({ repeatedFrames: 0, frameGaps: 0 });
    await close(world);
  });
});
