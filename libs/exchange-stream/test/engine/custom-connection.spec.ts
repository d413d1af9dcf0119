import { ConnectionClosedError, InvalidOptionsError } from '../../src/engine/index.ts';
import { accept, asked, defined, frame, lose, settle } from './defined-world.ts';

function own(): () => string {
  let last = 0;
  return () => `own-${++last}`;
}

describe('a user-defined connection', () => {
  test('opens for its first topic, asks again after a loss, and closes without any', async () => {
    const { world, heard, handle } = defined();
    expect(world.sockets).toHaveLength(0);
    handle.subscribe(['a', 'b']);
    world.socket.accept();
    await settle(world);
    expect(asked(world)).toEqual(['sub a,b']);
    world.socket.push({ hello: 1 });
    expect(heard).toEqual(['{"hello":1}']);
    world.socket.end(1006);
    await world.clock.advance(1_000);
    world.socket.accept();
    await settle(world);
    expect(asked(world)).toEqual(['sub a,b']);
    handle.unsubscribe(['a', 'b']);
    await settle(world);
    expect(world.socket.closed).toBe(true);
    expect(handle.view()).toBeUndefined();
    expect(world.clock.pending).toBe(0);
  });

  test('stays open without topics where it needs none, is found, and sent through', async () => {
    const { world, handle } = defined({ needsSubscriptions: false, filter: 'orders' });
    const manager = world.stream.manager('fake');
    await expect(handle.send(frame('early', []))).rejects.toBeInstanceOf(ConnectionClosedError);
    manager.open('news');
    world.socket.accept();
    await settle(world);
    expect(manager.connection('orders')).toBe(handle);
    await handle.send(frame('order', []));
    expect(asked(world)).toEqual(['order ']);
    expect(world.stream.connections()).toEqual([
      expect.objectContaining({ id: 'fake/news/1', state: 'open', endpoint: 'news' }),
    ]);
    expect(() => manager.define({ name: 'news', url: '', handler: () => undefined })).toThrow(
      InvalidOptionsError,
    );
    expect(() => manager.open('nose')).toThrow('Defined: news.');
  });

  test('counts in the budget of messages, and so does what waits for it', async () => {
    const { world, handle } = defined({
      needsSubscriptions: false,
      messages: { documented: 2, safe: 2, windowMs: 1_000 },
    });
    const manager = world.stream.manager('fake');
    const messages = (): unknown => manager.budgets().find(({ budget }) => budget === 'messages');
    manager.open('news');
    await accept(world);
    expect(messages()).toMatchObject({ used: 0, waiting: 0 });
    const sent = Promise.all(['a', 'b', 'c'].map((op) => handle.send(frame(op))));
    expect(messages()).toMatchObject({ used: 1, waiting: 1 });
    await world.clock.advance(2_000);
    await sent;
    expect(messages()).toMatchObject({ waiting: 0 });
  });

  test.each([
    ['in numbers by default', undefined, [1, 2, 3]],
    ['in numbers as text', 'text', ['1', '2', '3']],
    ['as its user does', own(), ['own-1', 'own-2', 'own-3']],
  ] as const)('counts its messages %s, over losses too', async (_how, nextId, ids) => {
    const used: unknown[] = [];
    const { world, handle } = defined({
      ...(nextId !== undefined && { nextId }),
      subscriber: (topics, next) => {
        used.push(next());
        return [frame('sub', topics)];
      },
    });
    handle.subscribe(['a']);
    await accept(world);
    await lose(world);
    await accept(world);
    used.push(handle.nextId());
    expect(used).toEqual(ids);
  });

  test('replaces its default topics at every connect', async () => {
    let round = 0;
    const { world } = defined({
      needsSubscriptions: false,
      defaultTopics: () => Promise.resolve([`t${++round}`]),
    });
    world.stream.manager('fake').open('news');
    world.socket.accept();
    await settle(world);
    expect(asked(world)).toEqual(['sub t1']);
    world.socket.end(1006);
    await world.clock.advance(1_000);
    world.socket.accept();
    await settle(world);
    expect(asked(world)).toEqual(['sub t1', 'unsub t1', 'sub t2']);
  });

  test('rejects what has not left when it closes, or when its sender gives up', async () => {
    const { world, handle } = defined({
      needsSubscriptions: false,
      messages: { documented: 1, safe: 1, windowMs: 60_000 },
    });
    world.stream.manager('fake').open('news');
    world.socket.accept();
    await settle(world);
    await handle.send(frame('one', []));
    const giving = new AbortController();
    const given = handle.send(frame('two', []), { signal: giving.signal });
    const waiting = handle.send(frame('three', []));
    giving.abort(new RangeError('changed my mind'));
    await expect(given).rejects.toBeInstanceOf(RangeError);
    const closing = world.stream.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_CLOSED', connection: 'fake/news/1' });
    await settle(world);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  test('closes with its exchange, and comes back with its topics', async () => {
    const { world, handle } = defined();
    handle.subscribe(['a']);
    world.socket.accept();
    await settle(world);
    const disabled = world.stream.disable('fake');
    await settle(world);
    await disabled;
    expect(world.socket.closed).toBe(true);
    handle.subscribe(['b']);
    expect(world.sockets).toHaveLength(1);
    world.stream.enable('fake');
    world.socket.accept();
    await settle(world);
    expect(world.sockets).toHaveLength(2);
    expect(asked(world)).toEqual(['sub a,b']);
  });

  test('is not dialled any more once the stream is closed', async () => {
    const { world, handle } = defined();
    await world.stream.close();
    handle.subscribe(['a']);
    await settle(world);
    expect([world.sockets.length, world.clock.pending]).toEqual([0, 0]);
  });

  test('reports a handler that throws, and goes on', async () => {
    const { world, handle } = defined({
      handler: () => {
        throw new TypeError('mine');
      },
    });
    const heard: string[] = [];
    handle.onFrame((text) => heard.push(text));
    handle.subscribe(['a']);
    world.socket.accept();
    world.socket.push('x');
    world.socket.push('y');
    expect(heard).toEqual(['x', 'y']);
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({ type: 'consumer-failed', subscription: 'fake/news', consumer: 'handler' }),
    );
    expect(handle.view()?.state).toBe('open');
    await settle(world);
  });
});
