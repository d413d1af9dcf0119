import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock, type SubscriptionRequest } from '@exchange-stream/market-data';
import { FileSubscriptionStore, MemorySubscriptionStore, type StoreProblem } from '../../src/engine/index.ts';

const TRADES: SubscriptionRequest = { exchange: 'fake', channel: 'trades', symbol: 'BTC/USDT' };
const CANDLES: SubscriptionRequest = { ...TRADES, channel: 'candles', params: { interval: '1m' } };
const ASIDE = 'subscriptions.json.2026-01-01T00-00-00.000Z';

const stored = (subscriptions: unknown, version: unknown = 1): string =>
  JSON.stringify({ format: 'exchange-stream/subscriptions', version, subscriptions });

describe('the file store', () => {
  let folder: string;
  let path: string;
  let problems: StoreProblem[];
  const open = (at = path): FileSubscriptionStore =>
    new FileSubscriptionStore(at, { clock: new VirtualClock(), report: (problem) => problems.push(problem) });
  const kinds = (): string[] => problems.map(({ kind }) => kind);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'subscription-store-'));
    path = join(folder, 'subscriptions.json');
    problems = [];
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('returns to a later process what was saved last, and leaves nothing else behind', async () => {
    expect(await open().load()).toEqual([]);
    const store = open();
    await store.load();
    await store.save([TRADES]);
    await store.save([CANDLES, TRADES]);
    expect(await open().load()).toEqual([CANDLES, TRADES]);
    await store.save([]);
    expect(await open().load()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['subscriptions.json']);
    expect(problems).toEqual([]);
  });

  test('keeps topics by their own names, whatever letters they have', async () => {
    const raw: SubscriptionRequest = {
      exchange: 'fake',
      channel: 'raw',
      symbol: '!miniTicker@arr"\\\u{1F600}',
    };
    await open().save([raw, TRADES]);
    expect(await open().load()).toEqual([raw, TRADES]);
    expect(problems).toEqual([]);
  });

  test('says in the file what it is, for people and for later versions', async () => {
    await open().save([TRADES]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      format: 'exchange-stream/subscriptions',
      version: 1,
      subscriptions: [TRADES],
    });
  });

  test.each([
    ['is torn', stored([TRADES]).slice(0, -9), 'no whole JSON'],
    ['is empty', '', 'no whole JSON'],
    ['belongs to something else', '{"name":"something","version":1,"subscriptions":[]}', '"format"'],
    ['is no object', '[]', '"format"'],
    ['is of a newer version', stored([TRADES], 2), 'its version is 2'],
    ['has no list', stored({}), 'no list'],
  ])('sets a file aside that %s, unchanged, and works on', async (_what, text, reason) => {
    writeFileSync(path, text);
    const store = open();
    expect(await store.load()).toEqual([]);
    expect(problems).toMatchObject([
      { kind: 'set-aside', message: expect.stringContaining(reason) as string },
    ]);
    expect(problems[0]!.message).toContain(ASIDE);
    await store.save([TRADES]);
    expect(await open().load()).toEqual([TRADES]);
    expect(readFileSync(join(folder, ASIDE), 'utf8')).toBe(text);
    expect(kinds()).toEqual(['set-aside']);
  });

  test('leaves a foreign file where it is when it cannot be set aside, and saves nothing', async () => {
    writeFileSync(path, 'foreign');
    mkdirSync(join(folder, ASIDE, 'occupied'), { recursive: true });
    const store = open();
    await store.load();
    await store.save([TRADES]);
    expect(new Set(kinds())).toEqual(new Set(['unreadable', 'unsaved']));
    expect(readFileSync(path, 'utf8')).toBe('foreign');
  });

  test('does not write over a file that it was never asked to load', async () => {
    writeFileSync(path, stored([CANDLES]));
    await open().save([TRADES]);
    expect(await open().load()).toEqual([TRADES]);
    expect(readFileSync(join(folder, ASIDE), 'utf8')).toBe(stored([CANDLES]));
  });

  test.each([
    ['a channel that does not exist', { ...TRADES, channel: 'trade' }, '"trade" is no channel'],
    ['no exchange', { channel: 'trades', symbol: 'BTC/USDT' }, 'no exchange'],
    ['no symbol', { ...TRADES, symbol: '' }, 'no symbol'],
    ['an unknown key', { ...TRADES, until: 'noon' }, 'unknown key "until"'],
    ['nested parameters', { ...TRADES, params: { depth: { of: 5 } } }, 'params'],
    ['no object', 'binance:trades:BTC/USDT', 'no object'],
    ['nothing', null, 'no object'],
  ])('keeps an entry out that is or has %s, and takes the others', async (_what, entry, reason) => {
    writeFileSync(path, stored([TRADES, entry, CANDLES]));
    expect(await open().load()).toEqual([TRADES, CANDLES]);
    expect(problems).toMatchObject([{ kind: 'refused-entry' }]);
    expect(problems[0]!.message).toContain('entry 1');
    expect(problems[0]!.message).toContain(reason);
  });

  test('of lists saved at once the last one wins, and each call settles when it is on disk', async () => {
    const store = open();
    await store.load();
    const lists = Array.from({ length: 50 }, (_, index) => [{ ...TRADES, symbol: `C${index}/USDT` }]);
    const saves = lists.map((list) => store.save(list));
    await saves[0];
    expect(await open().load()).toEqual(lists.at(-1));
    await Promise.all(saves);
    await store.save([CANDLES]);
    expect(await open().load()).toEqual([CANDLES]);
    expect(problems).toEqual([]);
  });

  test('takes the list as it was when it was saved', async () => {
    const list = [TRADES];
    const saved = open().save(list);
    list.pop();
    await saved;
    expect(await open().load()).toEqual([TRADES]);
  });

  test('reports a disk that refuses, harms nobody, and tries again with the next change', async () => {
    const parent = join(folder, 'parent');
    writeFileSync(parent, 'a file where a folder should be');
    const store = open(join(parent, 'subscriptions.json'));
    expect(await store.load()).toEqual([]);
    await store.save([TRADES]);
    expect(kinds()).toContain('unsaved');
    expect(problems.at(-1)!.message).toMatch(/1 subscriptions are not saved.*next change tries again.*/);
    rmSync(parent);
    mkdirSync(parent);
    problems = [];
    await store.save([TRADES, CANDLES]);
    expect(await open(join(parent, 'subscriptions.json')).load()).toEqual([TRADES, CANDLES]);
    expect(problems).toEqual([]);
  });

  test('keeps the old content when the new one cannot take its place', async () => {
    const store = open();
    await store.load();
    await store.save([TRADES]);
    // Nothing can be created under this name, and nothing removed, while it is a folder with something in it.
    mkdirSync(`${path}.tmp/occupied`, { recursive: true });
    await store.save([TRADES, CANDLES]);
    expect(kinds()).toEqual(['unsaved']);
    expect(await open().load()).toEqual([TRADES]);
  });

  test('never replaces what it could not read, even when it could again later', async () => {
    mkdirSync(path);
    const store = open();
    expect(await store.load()).toEqual([]);
    expect(kinds()).toEqual(['unreadable']);
    rmSync(path, { recursive: true });
    writeFileSync(path, stored([CANDLES]));
    await store.save([TRADES]);
    expect(await open().load()).toEqual([TRADES]);
    expect(readFileSync(join(folder, ASIDE), 'utf8')).toBe(stored([CANDLES]));
  });

  test('is not stopped by what a killed process left, follows a link, and keeps the mode', async () => {
    const target = join(folder, 'elsewhere.json');
    writeFileSync(target, stored([]));
    chmodSync(target, 0o640);
    symlinkSync(target, path);
    writeFileSync(`${target}.tmp`, 'half a fi');
    const store = open();
    await store.load();
    await store.save([TRADES]);
    expect(await open(target).load()).toEqual([TRADES]);
    expect(statSync(target).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder).sort()).toEqual(['elsewhere.json', 'subscriptions.json']);
  });
});

describe('the memory store', () => {
  test('returns what was saved last, as it was then', async () => {
    const store = new MemorySubscriptionStore();
    expect(await store.load()).toEqual([]);
    const list = [TRADES, CANDLES];
    await store.save(list);
    list.pop();
    expect(await store.load()).toEqual([TRADES, CANDLES]);
  });
});
