import { accept, defined, lose, settle } from './defined-world.ts';

const TOKEN = 'tok_0123456789abcdef';

describe('a URL that is asked for', () => {
  test('is asked for before every dial, and shown nowhere', async () => {
    let count = 0;
    const { world, handle } = defined({
      url: () => Promise.resolve(`wss://news.test/${TOKEN}/ws?listenKey=k${++count}_${TOKEN}`),
    });
    handle.subscribe(['a']);
    await settle(world);
    expect(world.socket.url).toBe(`wss://news.test/${TOKEN}/ws?listenKey=k1_${TOKEN}`);
    expect(handle.view()?.url).toBe('wss://news.test');
    world.socket.end(1006, new Error(`cannot reach ${TOKEN}`));
    await world.clock.advance(1_000);
    expect(world.socket.url).toContain('listenKey=k2');
    await accept(world);
    await lose(world);
    expect(world.socket.url).toContain('listenKey=k3');
    expect(JSON.stringify(world.lifecycle)).not.toContain('tok_');
  });

  test.each([
    ['rejects', () => Promise.reject(new RangeError(TOKEN)), 0, 'its URL could not be had (RangeError)'],
    [
      'never comes',
      () => new Promise<string>(() => undefined),
      10_000,
      'its URL could not be had (no answer within 10000 ms)',
    ],
    ['is none', () => 'https://news.test/' + TOKEN, 0, 'what was given as its URL is no ws:// or wss:// URL'],
  ])('and %s is asked for again after a wait', async (_case, url, afterMs, reason) => {
    const { world, handle } = defined({ url });
    handle.subscribe(['a']);
    await settle(world);
    await world.clock.advance(afterMs);
    expect(handle.view()).toMatchObject({
      state: 'waiting',
      attempts: 1,
      reason,
      url: '',
      failure: { kind: 'url' },
    });
    // It has waited all the time, and is told of all the same.
    expect(
      world.lifecycle.filter(
        (event) => event.type === 'connection' && event.connection.failure?.kind === 'url',
      ),
    ).toHaveLength(1);
    await world.clock.advance(20_000 + afterMs);
    expect(handle.view()?.attempts).toBeGreaterThan(1);
    expect(world.sockets).toHaveLength(0);
    expect(JSON.stringify(world.lifecycle)).not.toContain('tok_');
    await world.stream.close();
    expect(world.clock.pending).toBe(0);
  });

  test('and came at last leaves nothing of the failure behind', async () => {
    let isKnown = false;
    const { world, handle } = defined({
      url: () => (isKnown ? 'wss://news.test' : Promise.reject(new RangeError('not yet'))),
    });
    handle.subscribe(['a']);
    await settle(world);
    expect(handle.view()?.failure).toEqual({ kind: 'url' });
    isKnown = true;
    await world.clock.advance(1_000);
    await accept(world);
    expect(handle.view()).toMatchObject({ state: 'open' });
    expect(handle.view()?.failure).toBeUndefined();
    expect(world.stream.manager('fake').counters().connects).toMatchObject({ open: 1, other: 0 });
  });

  test('that comes after the connection was closed is not dialled', async () => {
    let give = (_url: string): void => undefined;
    const { world, handle } = defined({ url: () => new Promise<string>((resolve) => (give = resolve)) });
    handle.subscribe(['a']);
    await settle(world);
    await handle.close();
    give('wss://news.test');
    await settle(world);
    expect([world.sockets.length, world.clock.pending]).toEqual([0, 0]);
  });
});
