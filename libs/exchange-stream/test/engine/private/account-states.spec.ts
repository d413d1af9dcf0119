import type { MarketEvent, OrderEvent } from '@exchange-stream/market-data';
import { AccountWorld, order } from './account-exchange.ts';

const orders = { exchange: 'fake', channel: 'orders' } as const;

/** What a consumer was told, one word each: `o1 open`, `snapshot o1 open`, `live`. */
function words(events: readonly MarketEvent[]): string[] {
  return events.map((event) => {
    if (event.type === 'status') return event.state;
    const { id, status, snapshot } = event as OrderEvent;
    return `${snapshot ? 'snapshot ' : ''}${id} ${status}`;
  });
}

function follow(world: AccountWorld): MarketEvent[] {
  const events: MarketEvent[] = [];
  world.stream.subscribe(orders).on((event) => void events.push(event));
  world.stream.start();
  return events;
}

const told = (events: MarketEvent[]): string[] => words(events.splice(0));

describe('orders of an account', () => {
  test('begin with all that are open, then tell what changes', async () => {
    const world = new AccountWorld();
    const events = follow(world);
    const socket = await world.serve();
    expect(told(events)).toEqual(['syncing']);
    socket.push({ topic: 'orders', snapshot: true, rows: [order('1'), order('2')] });
    expect(told(events)).toEqual(['snapshot 1 open', 'snapshot 2 open', 'live']);
    socket.push({ topic: 'orders', rows: [order('1', { version: 2, status: 'filled', filled: '2' })] });
    socket.push({ topic: 'orders', rows: [order('3', { nativeSymbol: 'ETHUSDT', time: 1_000 })] });
    expect(events).toMatchObject([
      {
        symbol: 'BTC/USDT',
        nativeSymbol: 'BTCUSDT',
        account: 'default',
        status: 'filled',
        sequence: 2,
        snapshot: false,
      },
      { symbol: 'ETH/USDT', exchangeTime: 1_000, price: '100.0', amount: '2' },
    ]);
    expect(events[0]).not.toHaveProperty('version');
  });

  test('begin with nothing where nothing is open', async () => {
    const world = new AccountWorld();
    const events = follow(world);
    (await world.serve()).push({ topic: 'orders', snapshot: true, rows: [] });
    expect(told(events)).toEqual(['syncing', 'live']);
  });

  test('may say nothing for hours on a connection of their own, which answers pings', async () => {
    const world = new AccountWorld();
    const events = follow(world);
    const socket = await world.serve();
    socket.push({ topic: 'orders', snapshot: true, rows: [order('1')] });
    events.splice(0);
    for (let passedMs = 0; passedMs < 3 * 3_600_000; passedMs += 10_000) {
      await world.clock.advance(10_000);
      socket.handlers.onPong();
    }
    expect([world.sockets.length, socket.closed, events]).toEqual([1, false, []]);
  });

  test('are told whole after a loss, and what has vanished meanwhile is over', async () => {
    const world = new AccountWorld();
    const events = follow(world);
    (await world.serve()).push({ topic: 'orders', snapshot: true, rows: [order('1'), order('2')] });
    told(events);
    const socket = await world.reconnect();
    // A change before all that there is stands in it.
    socket.push({ topic: 'orders', rows: [order('2', { version: 2 })] });
    expect(told(events)).toEqual(['stale', 'syncing']);
    socket.push({ topic: 'orders', snapshot: true, rows: [order('2', { version: 2 }), order('3')] });
    expect(events.find((event) => event.type === 'order' && event.id === '1')).toMatchObject({
      status: 'closed',
      reason: expect.stringContaining('not among the open orders any more') as string,
    });
    expect(told(events)).toEqual(['snapshot 2 open', 'snapshot 3 open', 'snapshot 1 closed', 'live']);
  });

  test('that are old, repeated or over already change nothing', async () => {
    const world = new AccountWorld();
    const events = follow(world);
    const socket = await world.serve();
    socket.push({ topic: 'orders', snapshot: true, rows: [order('1', { version: 3 })] });
    told(events);
    socket.push({ topic: 'orders', rows: [order('1', { version: 2 }), order('1', { version: 3 })] });
    expect(told(events)).toEqual([]);
    socket.push({ topic: 'orders', rows: [order('1', { version: 4, status: 'cancelled' })] });
    socket.push({ topic: 'orders', rows: [order('1', { version: 3 })] });
    expect(told(events)).toEqual(['1 cancelled']);
    expect(world.stream.subscriptions()[0]?.counters).toMatchObject({
      received: 5,
      delivered: 2,
      dropped: 3,
    });
  });

  test('greet whoever joins with all that are open', async () => {
    const world = new AccountWorld();
    follow(world);
    const socket = await world.serve();
    socket.push({ topic: 'orders', snapshot: true, rows: [order('1'), order('2')] });
    socket.push({ topic: 'orders', rows: [order('3'), order('1', { version: 2, status: 'filled' })] });
    const late: MarketEvent[] = [];
    const handle = world.stream.subscribe(orders);
    handle.on((event) => void late.push(event));
    expect(told(late)).toEqual(['snapshot 2 open', 'snapshot 3 open', 'live']);
    expect(words(handle.current())).toEqual(['snapshot 2 open', 'snapshot 3 open']);
    socket.end(1006);
    expect(handle.current()).toEqual([]);
  });

  test('are asked for again where the stream owes them', async () => {
    const world = new AccountWorld();
    follow(world);
    const socket = await world.serve();
    await world.clock.advance(10_000);
    expect(socket.sent.map(({ op }) => op)).toContain('unsub');
  });

  test('are asked for by REST where the stream sends changes only, which go on from there', async () => {
    const world = new AccountWorld({ ordersBy: 'rest' });
    world.orders = [order('1', { version: 5 }), order('2')];
    world.failures = 1;
    const events = follow(world);
    const socket = await world.serve();
    socket.push({
      topic: 'orders',
      rows: [order('1', { version: 4 }), order('2', { version: 2, filled: '1' })],
    });
    socket.push({ topic: 'orders', rows: [order('3', { version: 2, status: 'filled' })] });
    expect(told(events)).toEqual(['syncing']);
    await world.clock.advance(1_000);
    expect(world.asked).toEqual(['/orders', '/orders']);
    expect(told(events)).toEqual(['snapshot 1 open', 'snapshot 2 open', '2 open', '3 filled', 'live']);
    world.orders = [order('2', { version: 2 })];
    await world.reconnect();
    expect(told(events)).toEqual(['stale', 'syncing', 'snapshot 2 open', 'snapshot 1 closed', 'live']);
  });

  test('of several accounts do not mix', async () => {
    const world = new AccountWorld();
    const events = follow(world);
    (await world.serve()).push({ topic: 'orders', snapshot: true, rows: [order('1')] });
    const ofMain: MarketEvent[] = [];
    world.stream.subscribe({ ...orders, account: 'main' }).on((event) => void ofMain.push(event));
    (await world.serve()).push({ topic: 'orders', snapshot: true, rows: [order('7')] });
    expect(told(ofMain)).toEqual(['syncing', 'snapshot 7 open', 'live']);
    expect(told(events)).toEqual(['syncing', 'snapshot 1 open', 'live']);
  });

  test('leave no timer', async () => {
    const world = new AccountWorld({ ordersBy: 'rest' });
    world.failures = 100;
    follow(world);
    await world.serve();
    const closed = world.stream.close();
    await world.settle();
    await world.clock.advance(10_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });
});
