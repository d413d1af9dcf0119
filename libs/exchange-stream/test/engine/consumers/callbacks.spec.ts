import type { LifecycleEvent, TransportEntry } from '../../../src/engine/index.ts';
import { defined, frame, settle } from '../defined-world.ts';
import { FakeWorld, fakeAdapter, trades } from '../fake-exchange.ts';

const never = (): Promise<void> => new Promise(() => undefined);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const typesOf = (world: FakeWorld, type: LifecycleEvent['type']): LifecycleEvent[] =>
  world.lifecycle.filter((event) => event.type === type);

async function close(world: FakeWorld): Promise<void> {
  const closed = world.stream.close();
  await world.clock.advance(10_000);
  await closed;
  expect(world.clock.pending).toBe(0);
}

describe('callbacks of users', () => {
  const unhandled: unknown[] = [];
  const onUnhandled = (reason: unknown): void => void unhandled.push(reason);

  beforeEach(() => {
    unhandled.length = 0;
    process.on('unhandledRejection', onUnhandled);
  });

  afterEach(async () => {
    await turn();
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });

  describe('that hear the frames of a connection of their own', () => {
    test('take them one at a time and in order, while others have theirs at once', async () => {
      const open: (() => void)[] = [];
      const slow: string[] = [];
      const { world, handle } = defined({
        handler: (text) => {
          slow.push(text);
          return new Promise<void>((resolve) => open.push(resolve));
        },
      });
      const quick: string[] = [];
      handle.onFrame((text) => quick.push(text));
      handle.subscribe(['a']);
      world.socket.accept();
      for (const text of ['x', 'y', 'z']) world.socket.push(text);
      expect([slow, quick]).toEqual([['x'], ['x', 'y', 'z']]);
      for (let n = 0; n < 3; n++) {
        open.shift()?.();
        await turn();
      }
      expect(slow).toEqual(quick);
      expect(world.stream.consumers()).toMatchObject([
        { subscription: 'fake/news', name: 'handler', received: 3, delivered: 3, waiting: 0, failed: 0 },
        { subscription: 'fake/news', received: 3, delivered: 3 },
      ]);
      await close(world);
    });

    test('that never settle are told of by name, and what they cannot take is given up and counted', async () => {
      const { world, handle } = defined({ handler: never });
      let heard = 0;
      let release = (): void => undefined;
      handle.onFrame(() => void heard++);
      handle.onFrame(async function reader() {
        await new Promise<void>((resolve) => (release = resolve));
      });
      handle.subscribe(['a']);
      world.socket.accept();
      for (let n = 0; n < 10_100; n++) world.socket.push('x');
      await world.clock.advance(40_000);
      expect(heard).toBe(10_100);
      expect(typesOf(world, 'consumer-overdue')).toMatchObject([
        { exchange: 'fake', subscription: 'fake/news', consumer: 'handler', tookMs: 30_000 },
        { consumer: 'reader' },
      ]);
      const [handler] = world.stream.consumers();
      expect(handler).toMatchObject({ received: 10_100, delivered: 1, lost: 10_099, waiting: 0 });
      release();
      await turn();
      expect(typesOf(world, 'consumer-overflowed')).toMatchObject([
        { subscription: 'fake/news', consumer: 'reader', lost: 10_099 },
      ]);
      expect(world.stream.manager('fake').counters().consumers.lost).toBe(2 * 10_099);
      await close(world);
    });

    test('that throw or reject are counted and told of by name, each time', async () => {
      const { world, handle } = defined({
        handler: (text) => (text === 'x' ? Promise.reject(new Error('later')) : fail('now')),
      });
      handle.subscribe(['a']);
      world.socket.accept();
      world.socket.push('x');
      await turn();
      world.socket.push('y');
      expect(typesOf(world, 'consumer-failed')).toMatchObject([
        { consumer: 'handler', error: new Error('later') },
        { consumer: 'handler', error: new Error('now') },
      ]);
      expect(world.stream.consumers()).toMatchObject([{ name: 'handler', delivered: 2, failed: 2 }]);
      await close(world);
    });

    test.each([
      ['keyOf', { keyOf: (): never => Promise.reject(new Error('later')) as never }],
      ['subscriber', { subscriber: (): never => Promise.reject(new Error('later')) as never }],
      ['subscriber', { nextId: (): never => Promise.resolve(1) as never, subscriber: idle }],
    ])('refuse a promise of %s, whose answer is needed at once', async (consumer, more) => {
      const { world, handle } = defined(more);
      handle.subscribe(['a']);
      world.socket.accept();
      await settle(world);
      world.socket.push('x');
      await turn();
      expect(typesOf(world, 'consumer-failed')).toMatchObject([
        { consumer, error: new TypeError('It has returned a promise, but its answer is needed at once.') },
      ]);
      await close(world);
    });

    test('refuse a promise of `when` and of `isLast`: the request fails', async () => {
      const { world, handle } = defined();
      handle.subscribe(['a']);
      world.socket.accept();
      await settle(world);
      const later = (): never => Promise.reject(new Error('later')) as never;
      const when = handle.send(frame('when'), { match: { when: later } });
      const isLast = handle.send(frame('isLast'), { match: { when: () => true, isLast: later } });
      const failures = Promise.all(
        [when, isLast].map((reply) => reply.catch((error: Error) => error.message)),
      );
      await settle(world);
      world.socket.push('x');
      world.socket.push('y');
      expect(new Set(await failures)).toEqual(
        new Set([expect.stringContaining('It has returned a promise') as string]),
      );
      await close(world);
    });
  });

  describe('that are told of the machinery', () => {
    test('have life-cycle events one at a time, learn what they have lost, and hold nobody', async () => {
      const world = new FakeWorld(fakeAdapter());
      const open: (() => void)[] = [];
      const slow: LifecycleEvent[] = [];
      world.stream.onLifecycle(
        (event) => {
          slow.push(event);
          return new Promise<void>((resolve) => open.push(resolve));
        },
        { name: 'slow' },
      );
      const before = world.lifecycle.length;
      for (let n = 0; n < 6_000; n++) {
        world.stream.enable('fake');
        void world.stream.disable('fake');
      }
      const told = world.lifecycle.length - before;
      expect(told).toBeGreaterThan(10_001);
      expect(slow).toHaveLength(1);
      await world.clock.advance(31_000);
      expect(typesOf(world, 'listener-overdue')).toMatchObject([
        { listener: 'slow', tookMs: 30_000, waiting: 0 },
      ]);
      for (let n = 0; n < 3; n++) {
        open.shift()?.();
        await turn();
      }
      const [lost] = typesOf(world, 'listener-overflowed');
      expect(slow.slice(1)).toEqual([{ type: 'events-lost', lost: expect.any(Number) as number }, lost]);
      expect(lost).toMatchObject({ listener: 'slow', lost: (slow[1] as { lost: number }).lost });
      const view = world.stream.listeners().find(({ name }) => name === 'slow');
      expect(view).toMatchObject({ waiting: 0, failed: 0 });
      expect(view!.received).toBe(view!.delivered + view!.lost);
      await close(world);
    });

    test('are told of by name when they reject, and never of that again', async () => {
      const world = new FakeWorld(fakeAdapter(), { subscriptions: [trades('BTC/USDT')] });
      let calls = 0;
      world.stream.onLifecycle(
        async () => {
          calls++;
          await Promise.reject(new Error('later'));
        },
        { name: 'rejecter' },
      );
      await world.connect();
      for (let n = 0; n < 100; n++) await turn();
      const failures = typesOf(world, 'listener-failed');
      expect(failures[0]).toEqual({
        type: 'listener-failed',
        listener: 'rejecter',
        error: new Error('later'),
      });
      // Half of what it was told was of itself.
      expect(failures).toHaveLength(calls / 2);
      expect(world.stream.listeners().find(({ name }) => name === 'rejecter')).toMatchObject({
        failed: calls,
      });
      await close(world);
    });

    test.each(['reject', 'never settle'] as const)(
      'the request reporter and the transport log may %s: that is told, and the data comes',
      async (what) => {
        const callback = jest.fn((_: unknown) =>
          what === 'reject' ? Promise.reject(new Error('later')) : never(),
        );
        const world = new FakeWorld(fakeAdapter(), {
          subscriptions: [trades('BTC/USDT')],
          requestReporter: callback,
          transportLog: (entry: TransportEntry) => callback(entry),
        });
        const socket = await world.connect();
        socket.ackAll();
        for (let n = 0; n < 20; n++) await turn();
        expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed', data: 'live' }]);
        await world.clock.advance(30_000);
        const type = what === 'reject' ? 'listener-failed' : 'listener-overdue';
        const names = typesOf(world, type).map((event) => 'listener' in event && event.listener);
        expect(new Set(names)).toEqual(new Set(['transport log', 'request reporter']));
        for (const view of world.stream.listeners())
          expect(view.received).toBe(view.delivered + view.waiting + view.lost);
        await close(world);
      },
    );
  });
});

function fail(message: string): never {
  throw new Error(message);
}

function idle(_topics: readonly string[], nextId: () => number | string): readonly string[] {
  return [String(nextId())];
}
