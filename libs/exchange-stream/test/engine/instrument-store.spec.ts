import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock, type Instrument } from '@exchange-stream/market-data';
import { FileInstrumentStore, type InstrumentStore, type StoreProblem } from '../../src/engine/index.ts';
import { FakeWorld, fakeAdapter, trades } from './fake-exchange.ts';

const BITCOIN: Instrument = {
  exchange: 'fake',
  kind: 'spot',
  symbol: 'BTC/USDT',
  nativeSymbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  status: 'trading',
  tickSize: '0.01',
};

/** What was saved, by exchange and environment. */
class MemoryInstrumentStore implements InstrumentStore {
  readonly saved = new Map<string, readonly Instrument[]>();

  load(exchange: string, environment: string): Promise<readonly Instrument[]> {
    return Promise.resolve(this.saved.get(`${exchange} ${environment}`) ?? []);
  }

  save(exchange: string, environment: string, instruments: readonly Instrument[]): Promise<void> {
    this.saved.set(`${exchange} ${environment}`, instruments);
    return Promise.resolve();
  }
}

/** A store that breaks its promise. */
const throwing: InstrumentStore = {
  load: () => {
    throw new Error('no disk');
  },
  save: () => {
    throw new Error('no disk');
  },
};

const down = (): Promise<never> => Promise.reject(new Error('connect ECONNREFUSED'));

describe('an exchange that is down at the start', () => {
  test('is streamed from all the same, by what it told an earlier process', async () => {
    const instrumentStore = new MemoryInstrumentStore();
    const before = new FakeWorld(fakeAdapter(), { instrumentStore });
    before.stream.start();
    await before.clock.advance(0);
    await before.stream.close();

    const world = new FakeWorld(fakeAdapter(), { instrumentStore, subscriptions: [trades('BTC/USDT')] });
    world.respond = down;
    const socket = await world.connect();
    socket.ackAll();
    expect(world.stream.subscriptions()).toMatchObject([{ symbol: 'BTC/USDT', state: 'subscribed' }]);
    expect(world.lifecycle).toContainEqual({ type: 'instruments-recalled', exchange: 'fake', count: 3 });
    expect(() => world.stream.subscribe(trades('BTC/USDX'))).toThrow('BTC/USDT');
    const closed = world.stream.close();
    await world.clock.advance(5_000);
    await closed;
    expect(world.clock.pending).toBe(0);
  });

  test('is asked on, and believed over what was remembered', async () => {
    const instrumentStore = new MemoryInstrumentStore();
    await instrumentStore.save('fake', 'live', [BITCOIN]);
    const world = new FakeWorld(fakeAdapter(), { instrumentStore });
    const answer = world.respond;
    world.respond = down;
    world.stream.start();
    await world.clock.advance(0);
    const manager = world.stream.manager('fake');
    expect(manager.instruments.list()).toEqual([BITCOIN]);
    expect(manager.instruments.error).toBeDefined();
    world.respond = answer;
    await world.clock.advance(10_000);
    expect(manager.instruments.list().map(({ symbol }) => symbol)).toEqual(world.symbols);
    expect(manager.instruments.error).toBeUndefined();
    expect(instrumentStore.saved.get('fake live')).toHaveLength(3);
    expect(world.lifecycle.filter(({ type }) => type === 'instruments-recalled')).toHaveLength(1);
  });

  test('is believed over a store that answers after it, and is asked once', async () => {
    let asked = 0;
    let remember = (_: readonly Instrument[]): void => undefined;
    const instrumentStore: InstrumentStore = {
      load: () => {
        asked++;
        return new Promise((resolve) => (remember = resolve));
      },
      save: () => Promise.resolve(),
    };
    const world = new FakeWorld(fakeAdapter(), { instrumentStore });
    const answer = world.respond;
    world.respond = down;
    world.stream.start();
    await world.clock.advance(30_000);
    expect(asked).toBe(1);
    world.respond = answer;
    await world.clock.advance(60_000);
    remember([BITCOIN]);
    await world.clock.advance(0);
    expect(world.stream.manager('fake').instruments.list()).toHaveLength(3);
    expect(world.lifecycle.filter(({ type }) => type === 'instruments-recalled')).toEqual([]);
  });

  test.each<[what: string, instrumentStore: InstrumentStore]>([
    ['that remembers nothing', new MemoryInstrumentStore()],
    [
      'that fails',
      { load: () => Promise.reject(new Error('no disk')), save: () => Promise.reject(new Error('no disk')) },
    ],
    ['that throws', throwing],
    ['that never answers', { load: () => new Promise(() => undefined), save: () => Promise.resolve() }],
  ])('is waited for with a store %s', async (_, instrumentStore) => {
    const world = new FakeWorld(fakeAdapter(), { instrumentStore, subscriptions: [trades('BTC/USDT')] });
    const answer = world.respond;
    world.respond = down;
    world.stream.start();
    await world.clock.advance(60_000);
    expect(world.sockets.length).toBe(0);
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'inactive' }]);
    world.respond = answer;
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    await world.clock.advance(60_000);
    expect(world.sockets.length).toBeGreaterThan(0);
    // Told of once the microtasks are done.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

describe('the file store of instruments', () => {
  let folder: string;
  let problems: StoreProblem[];
  const open = (): FileInstrumentStore =>
    new FileInstrumentStore(folder, {
      clock: new VirtualClock(),
      report: (problem) => problems.push(problem),
    });

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'instrument-store-'));
    problems = [];
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('returns to a later process what was saved of each exchange and environment', async () => {
    const contracts = { contractSize: '0.01', contractCurrency: 'ETH' };
    const ether = { ...BITCOIN, symbol: 'ETH/USDT', nativeSymbol: 'ETHUSDT', base: 'ETH', ...contracts };
    await open().save('fake', 'live', [BITCOIN, ether]);
    await open().save('fake', 'testnet', [ether]);
    expect(await open().load('fake', 'live')).toEqual([BITCOIN, ether]);
    expect(await open().load('fake', 'testnet')).toEqual([ether]);
    expect(await open().load('other', 'live')).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual([
      'instruments.fake.live.json',
      'instruments.fake.testnet.json',
    ]);
    expect(problems).toEqual([]);
  });

  test.each<[what: string, entry: unknown, reason: string]>([
    ['no object', null, 'it is no object'],
    ['without a symbol', { ...BITCOIN, symbol: '' }, 'its symbol is "", and must be a text'],
    ['of no kind', { ...BITCOIN, kind: 'share' }, 'its kind is "share", and must be one of spot,'],
    ['of no status', { ...BITCOIN, status: 1 }, 'its status is 1, and must be one of trading,'],
    [
      'with a step as a number',
      { ...BITCOIN, tickSize: 0.01 },
      'its tickSize is 0.01, and must be a decimal',
    ],
    [
      'with contracts of a size that is no number',
      { ...BITCOIN, contractSize: 'large' },
      'its contractSize is "large", and must be a decimal',
    ],
    [
      'with contracts of no currency',
      { ...BITCOIN, contractSize: '100', contractCurrency: 7 },
      'its contractCurrency is 7, and must be a text',
    ],
  ])('leaves an entry out that is %s, and takes the others', async (_, entry, reason) => {
    const path = join(folder, 'instruments.fake.live.json');
    const instruments = [entry, BITCOIN];
    writeFileSync(path, JSON.stringify({ format: 'exchange-stream/instruments', version: 1, instruments }));
    expect(await open().load('fake', 'live')).toEqual([BITCOIN]);
    expect(problems).toMatchObject([{ kind: 'refused-entry' }]);
    expect(problems[0]?.message).toContain(reason);
  });

  test('takes nothing of a file that was copied from another exchange', async () => {
    await open().save('fake', 'live', [BITCOIN]);
    const copied = readFileSync(join(folder, 'instruments.fake.live.json'));
    writeFileSync(join(folder, 'instruments.other.live.json'), copied);
    expect(await open().load('other', 'live')).toEqual([]);
  });

  test('sets a torn file aside', async () => {
    writeFileSync(join(folder, 'instruments.fake.live.json'), '{"format":');
    expect(await open().load('fake', 'live')).toEqual([]);
    expect(problems).toMatchObject([{ kind: 'set-aside' }]);
  });
});
