import type { MarketEvent } from '@exchange-stream/market-data';
import { FakeWorld, trades } from '../fake-exchange.ts';

const told = (event: MarketEvent): string =>
  event.type === 'trade' ? event.id : event.type === 'status' ? event.state : event.type;

/** A live subscription of trades, and who sends them. */
async function liveTrades(options: ConstructorParameters<typeof FakeWorld>[1] = {}): Promise<{
  world: FakeWorld;
  handle: ReturnType<FakeWorld['stream']['subscribe']>;
  send: (...ids: string[]) => void;
}> {
  const world = new FakeWorld(undefined, options);
  const handle = world.stream.subscribe(trades('BTC/USDT'));
  const socket = await world.connect();
  socket.ackAll();
  const send = (...ids: string[]): void => {
    for (const id of ids) socket.push({ topic: 'trades.BTCUSDT', id, price: '1' });
  };
  return { world, handle, send };
}

/** A handler that takes each event until it is let go on. */
class Patient {
  readonly seen: string[] = [];
  private readonly open: (() => void)[] = [];

  readonly handle = (event: MarketEvent): Promise<void> => {
    this.seen.push(told(event));
    return new Promise((resolve) => this.open.push(resolve));
  };

  /** Lets it go on with so many events. */
  async goOn(events: number): Promise<void> {
    for (let n = 0; n < events; n++) {
      this.open.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('a consumer that takes its time', () => {
  test('gets every event in order, one at a time, while others get theirs at once', async () => {
    const { handle, send } = await liveTrades();
    const slow = new Patient();
    const quick: string[] = [];
    handle.on(slow.handle);
    handle.on((event) => quick.push(told(event)));
    send('1', '2');
    expect(quick).toEqual(['live', '1', '2']);
    expect(slow.seen).toEqual(['live']);
    await slow.goOn(2);
    expect(slow.seen).toEqual(['live', '1', '2']);
  });

  test('is told in a gap how many events it has lost, and then what holds', async () => {
    const { world, handle, send } = await liveTrades();
    const slow = new Patient();
    const events: MarketEvent[] = [];
    handle.on((event) => (events.push(event), slow.handle(event)), { capacity: 2, name: 'slow' });
    send('1', '2', '3', '4');
    await slow.goOn(3);
    send('5');
    await slow.goOn(1);
    expect(slow.seen).toEqual(['live', 'gap', 'live', '5']);
    expect(events[1]).toMatchObject({
      reason: 'the consumer was too slow: 4 events are lost to it',
      lost: { events: 4 },
    });
    expect(world.stream.consumers()).toMatchObject([
      { name: 'slow', policy: 'all', received: 8, delivered: 4, lost: 4, waiting: 0, conflated: 0 },
    ]);
  });

  test('gets the newest of what waited by the policy `latest`, but every change of trust', async () => {
    const { world, handle, send } = await liveTrades();
    const slow = new Patient();
    handle.on(slow.handle, { policy: 'latest' });
    send('1', '2', '3');
    world.socket.end(1006);
    await world.clock.advance(5_000);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    world.socket.push({ topic: 'trades.BTCUSDT', id: '4', price: '1' });
    await slow.goOn(9);
    expect(slow.seen).toEqual(['live', '3', 'stale', 'gap', 'live', '4']);
    expect(world.stream.consumers()).toMatchObject([{ policy: 'latest', conflated: 2, lost: 0 }]);
  });

  test('that never finishes is told of by name, once, with how long it has taken; nobody else waits', async () => {
    const { world, handle, send } = await liveTrades({ tuning: { consumerDeadlineMs: 1_000 } });
    const quick: string[] = [];
    handle.on(() => new Promise(() => undefined), { name: 'stuck', capacity: 3 });
    handle.on((event) => quick.push(told(event)));
    send('1');
    await world.clock.advance(10_000);
    expect(world.lifecycle.filter(({ type }) => type === 'consumer-overdue')).toMatchObject([
      { exchange: 'fake', consumer: 'stuck', tookMs: 1_000, waiting: 1 },
    ]);
    send('2', '3', '4', '5');
    expect(quick).toEqual(['live', '1', '2', '3', '4', '5']);
    expect(world.stream.consumers()[0]).toMatchObject({ name: 'stuck', waiting: 0, lost: 5, busyMs: 10_000 });
    expect(world.stream.manager('fake').counters()).toMatchObject({
      overdueConsumers: 1,
      consumers: { lost: 5 },
    });
    const closed = world.stream.close();
    await world.clock.advance(10_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });

  test('that fails with every event, now or later, is told of by name and gets the next one all the same', async () => {
    const { world, handle, send } = await liveTrades();
    const quick: string[] = [];
    handle.on(
      () => {
        throw new Error('now');
      },
      { name: 'thrower' },
    );
    handle.on(() => Promise.reject(new Error('later')), { name: 'rejecter' });
    handle.on((event) => quick.push(told(event)));
    for (const id of ['1', '2']) {
      send(id);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const failures = world.lifecycle.flatMap((event) =>
      event.type === 'consumer-failed' ? [`${event.consumer}: ${event.error.message}`] : [],
    );
    expect(failures.sort()).toEqual(
      Array.from({ length: 6 }, (_, n) => (n < 3 ? 'rejecter: later' : 'thrower: now')),
    );
    expect(quick).toEqual(['live', '1', '2']);
    expect(world.stream.consumers().map(({ failed }) => failed)).toEqual([3, 3, 0]);
  });

  test('leaves nothing behind when it goes, and what waited is counted', async () => {
    const { world, handle, send } = await liveTrades();
    const slow = new Patient();
    const leave = handle.on(slow.handle);
    send('1', '2');
    leave();
    await slow.goOn(3);
    expect(slow.seen).toEqual(['live']);
    expect(world.stream.consumers()).toEqual([]);
    expect(world.stream.manager('fake').counters().consumers).toEqual({
      conflated: 0,
      lost: 0,
      abandoned: 2,
    });
    await handle.unsubscribe();
    const closed = world.stream.close();
    await world.clock.advance(10_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });

  test('refuses what cannot work, in words', async () => {
    const { handle } = await liveTrades();
    const listen = (options: object) => () => handle.on(() => undefined, options);
    expect(listen({ policy: 'merge' })).toThrow(
      'policy: got "merge" for trades. Allowed for trades: all, latest.',
    );
    expect(listen({ policy: 'newest' })).toThrow('policy: got "newest"');
    expect(listen({ capacity: 0 })).toThrow('capacity: got 0. Allowed: a whole number above 0.');
    expect(() => handle.events({ capacity: 1.5 })).toThrow('capacity: got 1.5');
  });
});

describe('the order of events', () => {
  test('is the same for handler and loop, whatever a handler does while it is called', async () => {
    const { world, handle, send } = await liveTrades();
    const first: string[] = [];
    const second: string[] = [];
    const looped: string[] = [];
    handle.on((event) => {
      first.push(told(event));
      if (event.type === 'trade') void world.stream.disable('fake');
    });
    const loop = (async () => {
      for await (const event of handle.events()) looped.push(told(event));
    })();
    handle.on((event) => second.push(told(event)));
    send('1');
    await handle.unsubscribe();
    await loop;
    expect(first).toEqual(['live', '1', 'stale']);
    expect([second, looped]).toEqual([first, first]);
  });
});
