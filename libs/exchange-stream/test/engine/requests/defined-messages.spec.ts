import type { RequestReport } from '../../../src/engine/requests/request-report.ts';
import { accept, asked, defined, lose, settle } from '../defined-world.ts';
import { watch } from './line.ts';

const message = (key: string): string => JSON.stringify({ op: 'ask', key, topics: [] });
const keyOf = (text: string): string | undefined => (JSON.parse(text) as { key?: string }).key;

describe('messages on a user-defined connection', () => {
  test('are answered by the key that the definition reads, beside its handler', async () => {
    const reports: RequestReport[] = [];
    const { world, handle, heard } = defined({ keyOf, requestReporter: (report) => reports.push(report) });
    handle.subscribe(['btc']);
    await settle(world);
    await accept(world);
    const seen = watch(handle.send(message('k1'), { match: { key: 'k1' } }));
    world.socket.push({ key: 'k1', done: true });
    world.socket.push({ key: 'stray' });
    await settle(world);
    expect(seen.value).toEqual([{ frame: '{"key":"k1","done":true}', match: 0 }]);
    expect(heard).toHaveLength(2);
    expect(reports).toMatchObject([{ connection: 'fake/news/1', purpose: 'other', ending: 'answered' }]);
    expect(world.lifecycle.filter(({ type }) => type === 'frame-problem')).toEqual([]);
    expect(world.stream.manager('fake').counters().requests.other.endings.answered).toBe(1);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(world.clock.pending).toBe(0);
  });

  test('have ids of the kind that the definition names', () => {
    expect(defined({ nextId: 'text' }).handle.nextId()).toBe('1');
    expect(defined().handle.nextId()).toBe(1);
    expect(defined({ nextId: () => 'mine' }).handle.nextId()).toBe('mine');
    expect(() => defined({ nextId: 'roman' as 'text' })).toThrow('define.nextId');
  });

  test('need an answer where the definition says so, and survive a reader of keys that throws', async () => {
    const { world, handle, heard } = defined({
      requireMatch: true,
      keyOf: (text) => {
        if (text.includes('bad')) throw new RangeError('no key');
        return keyOf(text);
      },
    });
    handle.subscribe(['btc']);
    await settle(world);
    await accept(world);
    world.socket.push({ bad: true });
    world.socket.push({ key: 'stray' });
    expect(heard).toHaveLength(2);
    expect(world.lifecycle.filter(({ type }) => type === 'frame-problem')).toMatchObject([
      { problem: 'unmatched', connection: 'fake/news/1' },
    ]);
    expect(world.lifecycle.filter(({ type }) => type === 'consumer-failed')).toMatchObject([
      { consumer: 'keyOf', error: new RangeError('no key') },
    ]);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  });

  test('are what its login can be made of', async () => {
    const { world, handle } = defined({
      keyOf,
      authenticate: async (connection) => {
        const [welcome] = await connection.send(message('auth'), { match: { key: 'auth' } });
        if (!welcome?.frame.includes('"ok"')) throw new Error('denied');
      },
    });
    handle.subscribe(['btc']);
    await settle(world);
    await accept(world);
    expect(handle.view()?.state).toBe('authenticating');
    world.socket.push({ key: 'auth', is: 'ok' });
    await settle(world);
    expect(handle.view()?.state).toBe('open');
    expect(asked(world)).toEqual(['ask ', 'sub btc']);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
  });

  test('that are configured come back with every socket, before its topics', async () => {
    const { world, handle } = defined({ keyOf });
    handle.subscribe(['btc']);
    await settle(world);
    await accept(world);
    asked(world);
    const set = watch(
      handle.configure('flags', (nextId) => {
        const key = `f${nextId()}`;
        return { frame: JSON.stringify({ op: 'conf', key, topics: [] }), match: { key } };
      }),
    );
    world.socket.push({ key: 'f1' });
    await settle(world);
    expect(set.isSettled).toBe(true);
    await lose(world);
    await accept(world);
    expect(asked(world)).toEqual(['conf ']);
    world.socket.push({ key: 'f2' });
    await settle(world);
    expect(asked(world)).toEqual(['sub btc']);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(world.clock.pending).toBe(0);
  });
});
