import type { SubscriptionHandle } from '../../../src/engine/index.ts';
import { InvalidOptionsError } from '../../../src/engine/index.ts';
import { parseRecordedLine } from '../../../src/engine/replay/recorded-line.ts';
import { Replay } from '../../../src/engine/replay/replay.ts';
import { FakeWorld, type FakeSocket } from '../fake-exchange.ts';
import { FedWorld, fedAdapter } from './fed-exchange.ts';
import { bare, follow } from './valued-exchange.ts';

const derivatives = (world: FakeWorld): SubscriptionHandle =>
  world.stream.subscribe({ exchange: 'fake', channel: 'derivatives', symbol: 'BTC/USDT' });

const MARK = { topic: 'mark.BTCUSDT', at: 1, derivatives: { markPrice: '10' } };
const INDEX = { topic: 'index.BTCUSDT', at: 2, derivatives: { indexPrice: '11' } };
const FUNDING = { topic: 'funding.BTCUSDT', at: 3, derivatives: { fundingRate: '0.1' } };

/** Refuses the topic, and confirms whatever else was asked for. */
function refuse(socket: FakeSocket, topic: string): void {
  for (const { key, topics } of socket.sent.splice(0)) {
    if (topics.includes(topic)) socket.push({ refuse: key });
    else socket.push({ ack: key });
  }
}

describe('a subscription that several topics feed', () => {
  let world: FedWorld;
  beforeEach(() => (world = new FedWorld()));
  afterEach(() => world.end());

  const pushAll = (): void => {
    world.push('stream', MARK);
    world.push('stream', INDEX);
    world.push('business', FUNDING);
  };

  test('is subscribed when all of them are, and tells whole events', async () => {
    const handle = derivatives(world);
    const told = follow(handle);
    world.stream.start();
    await world.accept();
    world.at('stream').ackAll();
    expect(handle.view().state).toBe('subscribing');
    world.push('stream', MARK);
    expect(handle.view().data).toBe('syncing');
    world.at('business').ackAll();
    expect(handle.view()).toMatchObject({ state: 'subscribed', data: 'live', topic: 'mark.BTCUSDT' });
    world.push('stream', INDEX);
    world.push('business', FUNDING);
    world.push('stream', { ...MARK, at: 4, derivatives: { markPrice: '12' } });
    const known = { type: 'derivatives', indexPrice: '11', fundingRate: '0.1' };
    expect(told.at(-1)).toEqual({ ...known, exchangeTime: 4, markPrice: '12' });
    expect(handle.latest()).toMatchObject({ markPrice: '12', fundingRate: '0.1' });
    expect(handle.view().counters).toMatchObject({ received: 4, delivered: 4 });
    expect(world.stream.subscriptions()).toHaveLength(1);
    expect(handle.view().parts?.map(({ topic, endpoint, state }) => [topic, endpoint, state])).toEqual([
      ['mark.BTCUSDT', 'public', 'subscribed'],
      ['index.BTCUSDT', 'public', 'subscribed'],
      ['funding.BTCUSDT', 'business', 'subscribed'],
    ]);
  });

  test('goes on without one that is refused, and says so', async () => {
    const handle = derivatives(world);
    world.stream.start();
    await world.accept();
    world.at('business').ackAll();
    refuse(world.at('stream'), 'index.BTCUSDT');
    await world.pass(2_000);
    refuse(world.at('stream'), 'index.BTCUSDT');
    expect(handle.view()).toMatchObject({
      state: 'subscribed',
      reason: 'confirmed by the exchange; without index.BTCUSDT: the exchange refused: no',
      parts: [{ state: 'subscribed' }, { state: 'failed', failure: 'rejected' }, { state: 'subscribed' }],
    });
    world.push('stream', MARK);
    world.push('business', FUNDING);
    expect(handle.view().data).toBe('live');
  });

  test('fails when all of them are refused', async () => {
    const handle = derivatives(world);
    world.stream.start();
    await world.accept();
    for (const path of ['stream', 'business'] as const) {
      for (let round = 0; round < 2; round++) {
        for (const { key } of world.at(path).sent.splice(0)) world.at(path).push({ refuse: key });
        await world.pass(2_000);
      }
    }
    expect(handle.view()).toMatchObject({ state: 'failed', failure: 'rejected' });
    expect(handle.view().reason).toMatch(/^mark\.BTCUSDT: the exchange refused/);
  });

  test('is stale while one of them is away, without its fields, and live when all are back', async () => {
    const handle = derivatives(world);
    const told = follow(handle);
    await world.begin();
    pushAll();
    expect(handle.view().data).toBe('live');
    world.at('business').end(1006);
    expect(handle.view()).toMatchObject({ state: 'resubscribing', data: 'stale' });
    world.push('stream', { ...MARK, at: 4 });
    expect(told.at(-1)).toEqual({ type: 'derivatives', exchangeTime: 4, markPrice: '10', indexPrice: '11' });
    expect(handle.view().data).toBe('stale');
    await world.pass(5_000);
    await world.accept();
    world.at('business').ackAll();
    world.push('business', { ...FUNDING, at: 5 });
    expect(told.at(-1)).toBe('live');
    expect(told.at(-2)).toMatchObject({ exchangeTime: 5, markPrice: '10', fundingRate: '0.1' });
    expect(handle.view().state).toBe('subscribed');
  });

  test('goes over to another connection topic by topic, and nobody notices', async () => {
    const handle = derivatives(world);
    const told = follow(handle);
    await world.begin();
    pushAll();
    const id = world.stream.connections().find(({ endpoint }) => endpoint === 'public')?.id ?? '';
    const before = told.length;
    const old = world.at('stream');
    expect(world.stream.manager('fake').rotate(id)).toBe(true);
    await world.accept();
    world.at('stream').ackAll();
    for (const at of [10, 11, 12]) {
      for (const socket of [old, world.at('stream')]) {
        if (socket.closed) continue;
        socket.push({ ...MARK, at });
        socket.push({ ...INDEX, at });
      }
      await world.pass(1_000);
    }
    expect(old.closed).toBe(true);
    const since = told.slice(before);
    expect(since.filter((event) => typeof event === 'string')).toEqual([]);
    expect(since).toHaveLength(6);
    expect(handle.view()).toMatchObject({ state: 'subscribed', data: 'live' });
  });

  test('is halted with its market, when none of them is found silent, and stale while one of them pauses', async () => {
    const handle = derivatives(world);
    await world.begin();
    pushAll();
    world.at('stream').push({ halt: 'BTCUSDT' });
    expect(handle.view().data).toBe('halted');
    await world.pass(5_000);
    expect(world.stream.manager('fake').audit()).toEqual([]);
    world.at('stream').push({ open: 'BTCUSDT' });
    pushAll();
    expect(handle.view()).toMatchObject({ state: 'subscribed', data: 'live' });
    world.at('business').push({ pause: 'maintenance' });
    expect(handle.view().data).toBe('stale');
    expect(handle.view().reason).toContain('funding.BTCUSDT: the exchange pauses: maintenance');
    world.push('stream', MARK);
    expect(handle.view().data).toBe('stale');
  });

  test('gives all of them back when nobody wants it any more', async () => {
    const handle = derivatives(world);
    await world.begin();
    const sockets = [world.at('stream'), world.at('business')];
    await handle.unsubscribe();
    await world.clock.advance(0);
    expect(sockets.map(({ sent }) => sent.flatMap(({ op, topics }) => [op, ...topics]))).toEqual([
      ['unsub', 'mark.BTCUSDT', 'index.BTCUSDT'],
      ['unsub', 'funding.BTCUSDT'],
    ]);
    expect(world.stream.subscriptions()).toEqual([]);
  });

  test('shares its topics with whoever else wants them', async () => {
    const handle = derivatives(world);
    await world.begin();
    const other = derivatives(world);
    await handle.unsubscribe();
    await world.clock.advance(0);
    expect(world.at('stream').sent).toEqual([]);
    expect(other.view().state).toBe('subscribed');
  });

  test('rests while its exchange is disabled, and comes back', async () => {
    const handle = derivatives(world);
    await world.begin();
    const disabled = world.stream.manager('fake').disable();
    await world.clock.advance(5_000);
    await disabled;
    expect(handle.view()).toMatchObject({ state: 'inactive', data: 'stale' });
    world.stream.manager('fake').enable();
    await world.accept();
    for (const socket of world.sockets) if (!socket.closed) socket.ackAll();
    expect(handle.view().state).toBe('subscribed');
  });

  test('is not found wrong by the audit, whatever its topics are doing', async () => {
    derivatives(world);
    await world.begin();
    pushAll();
    world.at('business').end(1006);
    for (let round = 0; round < 30; round++) {
      await world.pass(1_000);
      await world.accept();
      for (const socket of world.sockets) if (!socket.closed) socket.ackAll();
      expect(world.stream.manager('fake').audit()).toEqual([]);
    }
  });
});

describe('a topic of several that is silent', () => {
  test('is asked for again by itself', async () => {
    const further = {
      endpoint: 'business',
      topic: (nativeSymbol: string) => `funding.${nativeSymbol}`,
      cadence: () => ({ everyMs: 1_000 }),
    };
    const world = new FedWorld(fedAdapter({ further: [further] }));
    const handle = derivatives(world);
    await world.begin();
    world.push('stream', MARK);
    world.push('business', FUNDING);
    await world.pass(15_000);
    expect(handle.view().data).toBe('stale');
    expect(handle.view().counters.resubscribes).toBe(1);
    expect(world.at('business').sent.map(({ op }) => op)).toEqual(['unsub', 'sub']);
    expect(world.at('stream').sent).toEqual([]);
    await world.end();
  });
});

test('a recording of several topics tells whole events, too', () => {
  const told: unknown[] = [];
  const replay = new Replay(fedAdapter(), {
    onEvent: (event) => void (event.type === 'derivatives' && told.push(bare(event))),
  });
  const lines = [
    { k: 'connect', url: 'wss://one.test/stream' },
    { k: 'send', frame: JSON.stringify({ topics: [MARK.topic, INDEX.topic] }) },
    ...[MARK, INDEX].map((frame) => ({ k: 'recv', frame: JSON.stringify(frame) })),
  ];
  for (const [t, line] of lines.entries()) replay.read(parseRecordedLine(JSON.stringify({ t, ...line })));
  expect(told.at(-1)).toEqual({ type: 'derivatives', exchangeTime: 2, markPrice: '10', indexPrice: '11' });
});

test('channels whose rows cannot be put together have no further topics', () => {
  const { channels, ...adapter } = fedAdapter();
  const trades = { ...channels.trades!, further: [channels.derivatives!] };
  expect(() => new FakeWorld({ ...adapter, channels: { ...channels, trades } })).toThrow(InvalidOptionsError);
});
