import type { MarketEvent } from '@exchange-stream/market-data';
import { InvalidOptionsError, type SubscriptionHandle } from '../../../src/engine/index.ts';
import { AccountWorld, order } from './account-exchange.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const told = (event: MarketEvent): string =>
  event.type === 'order'
    ? `${event.id} ${event.status} ${event.filled}`
    : 'state' in event
      ? event.state
      : event.type;

/** An account with one open order, and who tells of more. */
async function liveOrders(): Promise<{
  world: AccountWorld;
  handle: SubscriptionHandle<'orders'>;
  send: (...rows: ReturnType<typeof order>[]) => void;
}> {
  const world = new AccountWorld();
  const handle = world.stream.subscribe({ exchange: 'fake', channel: 'orders' });
  world.stream.start();
  const socket = await world.serve();
  socket.push({ topic: 'orders', snapshot: true, rows: [order('1')] });
  return { world, handle, send: (...rows) => socket.push({ topic: 'orders', rows }) };
}

/** A handler that takes each event until it is let go on. */
class Patient {
  readonly seen: string[] = [];
  private readonly open: (() => void)[] = [];

  readonly handle = (event: MarketEvent): Promise<void> => {
    this.seen.push(told(event));
    return new Promise((resolve) => this.open.push(resolve));
  };

  /** Lets it go on until nothing waits for it. */
  async finish(): Promise<string[]> {
    for (let resolve = this.open.shift(); resolve; resolve = this.open.shift()) {
      resolve();
      await turn();
    }
    return this.seen.splice(0);
  }
}

describe('a slow consumer of orders', () => {
  test.each(['all', 'latest', 'merge'] as const)(
    'finds the newest state of each, whatever waits and however little may (%s)',
    async (policy) => {
      const { world, handle, send } = await liveOrders();
      const slow = new Patient();
      handle.on(slow.handle, { policy, capacity: 1 });
      send(order('1', { version: 2, filled: '1' }), order('2'));
      for (let version = 3; version < 100; version++) send(order('1', { version, filled: `1.${version}` }));
      send(order('2', { version: 2, status: 'cancelled' }), order('3'));
      expect(await slow.finish()).toEqual(['1 open 0', 'live', '1 open 1.99', '2 cancelled 0', '3 open 0']);
      expect(world.stream.consumers()).toMatchObject([
        { received: 103, delivered: 5, conflated: 98, lost: 0 },
      ]);
    },
  );

  test('finds each side of a change of trust apart', async () => {
    const { world, handle, send } = await liveOrders();
    const slow = new Patient();
    handle.on(slow.handle);
    send(order('1', { version: 2, filled: '1' }));
    const socket = await world.reconnect();
    socket.push({ topic: 'orders', snapshot: true, rows: [order('1', { version: 3, filled: '1.5' })] });
    expect(await slow.finish()).toEqual([
      '1 open 0',
      'live',
      '1 open 1',
      'stale',
      'syncing',
      '1 open 1.5',
      'live',
    ]);
  });

  test('as a loop finds them so, too', async () => {
    const { handle, send } = await liveOrders();
    const loop = handle.events({ capacity: 1 });
    send(order('1', { version: 2, filled: '1' }), order('1', { version: 3, filled: '2' }), order('2'));
    const seen: string[] = [];
    for (let left = 3; left > 0; left--) seen.push(told((await loop.next()).value as MarketEvent));
    // The snapshot that it began with has given way, too.
    expect(seen).toEqual(['1 open 0', 'live', '1 open 2']);
    await loop.return?.();
  });

  test('that never returns keeps no more than it can, and begins anew', async () => {
    const { world, handle, send } = await liveOrders();
    const slow = new Patient();
    handle.on(slow.handle);
    for (let thousands = 1; thousands <= 101; thousands++)
      send(...Array.from({ length: 1_000 }, (_, id) => order(`${thousands}-${id}`, { status: 'filled' })));
    const [view] = world.stream.consumers();
    expect(view?.lost).toBeGreaterThan(100_000);
    expect(view?.waiting).toBe(0);
    expect(await slow.finish()).toEqual(['1 open 0', 'gap', '1 open 0', 'live']);
  });
});

test('no fill may be merged with another, or give way to one', () => {
  const { stream } = new AccountWorld();
  const handle = stream.subscribe({ exchange: 'fake', channel: 'fills' });
  for (const policy of ['latest', 'merge'] as const) {
    expect(() => handle.on(() => undefined, { policy })).toThrow(InvalidOptionsError);
    expect(() => handle.on(() => undefined, { policy })).toThrow('Allowed for fills: all.');
  }
  // Of all channels together, it holds for those that it can hold for.
  expect(() => stream.listen({}, () => undefined, { policy: 'latest' })).not.toThrow();
});
