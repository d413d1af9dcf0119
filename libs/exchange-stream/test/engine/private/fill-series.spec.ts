import type { FillEvent, MarketEvent } from '@exchange-stream/market-data';
import type { FillRow } from '../../../src/contract/index.ts';
import { AccountWorld, fill, type AccountOptions } from './account-exchange.ts';

const fills = { exchange: 'fake', channel: 'fills' } as const;

/** What a consumer was told, one word each: `17`, `recovered 17`, `live`. */
function told(events: MarketEvent[]): string[] {
  return events.splice(0).map((event) => {
    if (event.type === 'status') return event.state;
    const { id, recovered } = event as FillEvent;
    return `${recovered ? 'recovered ' : ''}${id}`;
  });
}

async function follow(
  options: AccountOptions = {},
  past: readonly FillRow[] = [fill(7), fill(8)],
): Promise<{ world: AccountWorld; events: MarketEvent[] }> {
  const world = new AccountWorld(options);
  world.fills.push(...past);
  const events: MarketEvent[] = [];
  world.stream.subscribe(fills).on((event) => void events.push(event));
  world.stream.start();
  await world.serve();
  return { world, events };
}

/** Happens at the exchange, and is told on the stream. */
function happen(world: AccountWorld, ...ids: number[]): void {
  world.fills.push(...ids.map(fill));
  world.socket.push({ topic: 'fills', rows: ids.map(fill) });
}

describe('fills of an account', () => {
  test('begin with the next one, and come once each', async () => {
    const { world, events } = await follow();
    expect(told(events)).toEqual(['syncing', 'live']);
    happen(world, 9, 10);
    world.socket.push({ topic: 'fills', rows: [fill(10), fill(9)] });
    expect(events[0]).toMatchObject({
      symbol: 'BTC/USDT',
      account: 'default',
      id: '9',
      orderId: 'o1',
      amount: '1',
    });
    expect(told(events)).toEqual(['9', '10']);
    expect(world.asked).toEqual(['/fills after ']);
    expect(world.stream.subscriptions()[0]?.counters).toMatchObject({
      received: 4,
      delivered: 2,
      dropped: 2,
    });
  });

  test('that were missed during a loss are asked for by the last known one, before those that come then', async () => {
    const { world, events } = await follow();
    happen(world, 9);
    told(events);
    world.fills.push(fill(10), fill(11));
    world.failures = 2;
    await world.reconnect();
    happen(world, 12);
    expect(told(events)).toEqual(['stale', 'syncing']);
    await world.clock.advance(5_000);
    expect(told(events)).toEqual(['recovered 10', 'recovered 11', 'recovered 12', 'live']);
    expect(world.asked.slice(1)).toEqual(Array(3).fill('/fills after 9'));
  });

  test('of an account that had none are all told', async () => {
    const { world, events } = await follow({}, []);
    world.fills.push(fill(1), fill(2));
    await world.reconnect();
    expect(told(events)).toEqual([
      'syncing',
      'live',
      'stale',
      'syncing',
      'recovered 1',
      'recovered 2',
      'live',
    ]);
  });

  test('are asked for in as many pages as it takes', async () => {
    const { world, events } = await follow();
    for (let id = 9; id <= 1_200; id++) world.fills.push(fill(id));
    await world.reconnect();
    expect(events.filter(({ type }) => type === 'fill')).toHaveLength(1_192);
    expect(world.asked.slice(1)).toEqual(['/fills after 8', '/fills after 508', '/fills after 1008']);
  });

  test('between two ids are missing, which is told, and asked for', async () => {
    const { world, events } = await follow();
    happen(world, 9);
    world.fills.push(fill(10), fill(11));
    happen(world, 12);
    expect(events.at(-1)).toMatchObject({ state: 'gap', lost: { from: 10, to: 11 } });
    await world.settle();
    expect(told(events)).toEqual([
      'syncing',
      'live',
      '9',
      'gap',
      'recovered 10',
      'recovered 11',
      'recovered 12',
      'live',
    ]);
  });

  test('that nobody has are missed a few times, and no more', async () => {
    const { world, events } = await follow();
    told(events);
    happen(world, 12);
    await world.settle();
    happen(world, 13);
    expect(told(events)).toEqual(['gap', 'recovered 12', 'live', '13']);
    // REST is behind the stream, and stays so.
    world.socket.push({ topic: 'fills', rows: [fill(20)] });
    await world.settle();
    expect(told(events)).toEqual(['gap', 'gap', 'gap', 'gap', '20', 'live']);
    happen(world, 21);
    expect(told(events)).toEqual(['21']);
  });

  test('that cannot be had are told as a gap', async () => {
    const { world, events } = await follow();
    told(events);
    world.failures = 100;
    await world.reconnect();
    happen(world, 12);
    await world.clock.advance(10_000);
    expect(events.find((event) => event.type === 'status' && event.state === 'gap')).toMatchObject({
      reason: expect.stringContaining('fills may be missing: fake refused') as string,
    });
    expect(told(events)).toEqual(['stale', 'syncing', 'gap', '12', 'live']);
    expect(world.lifecycle.filter(({ type }) => type === 'seed-failed')).toHaveLength(5);
  });

  test('may be missing after a loss where the exchange tells them nowhere', async () => {
    const { world, events } = await follow({ withoutFills: true });
    happen(world, 9);
    await world.reconnect();
    expect(told(events)).toEqual(['syncing', 'live', '9', 'stale', 'gap', 'live']);
    happen(world, 11);
    expect(told(events)).toEqual(['gap', '11', 'live']);
    expect(world.asked).toEqual([]);
  });
});
