import type { LifecycleEvent } from '../../src/engine/index.ts';
import type { ExchangeAdapter } from '../../src/contract/index.ts';
import { FakeWorld, type FakeSocket } from './fake-exchange.ts';
import { CREDENTIALS, privateAdapter } from './private-exchange.ts';

const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];

/** One topic a connection: two public ones and a private one of `fake`, a public one of `other`. */
const subscriptions = [
  ...SYMBOLS.map((symbol) => ({ exchange: 'fake', channel: 'trades' as const, symbol })),
  { exchange: 'fake', channel: 'ticker' as const, symbol: 'BTC/USDT' },
  { exchange: 'other', channel: 'trades' as const, symbol: 'BTC/USDT' },
];

function crowded(exchange: string): ExchangeAdapter {
  const adapter = privateAdapter(exchange);
  const endpoints = Object.entries(adapter.endpoints).map(([key, endpoint]) => {
    const topicsPerConnection = { documented: 1, safe: 1 };
    return [key, { ...endpoint, limits: { ...endpoint.limits, topicsPerConnection } }] as const;
  });
  return { ...adapter, endpoints: Object.fromEntries(endpoints) };
}

async function settle(world: FakeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) await world.clock.advance(0);
}

interface Neighbours {
  readonly world: FakeWorld;
  /** By id of the connection. */
  readonly sockets: Readonly<Record<string, FakeSocket>>;
}

/** Four connections of two exchanges, all open and subscribed. */
async function neighbours(): Promise<Neighbours> {
  const world = new FakeWorld(crowded('fake'), {
    exchanges: [crowded('fake'), crowded('other')],
    subscriptions,
    settings: { fake: { credentials: CREDENTIALS } },
  });
  world.stream.start();
  await settle(world);
  for (const socket of world.sockets) socket.accept();
  // The login's answer first, then those to the topics.
  for (let round = 0; round < 2; round++) {
    await settle(world);
    for (const socket of world.sockets) socket.ackAll();
  }
  const sockets = Object.fromEntries(
    world.sockets.map((socket) => [socket.options.owner?.connection ?? '', socket]),
  );
  expect(Object.keys(sockets).sort()).toEqual([
    'fake/private/1',
    'fake/public/1',
    'fake/public/2',
    'other/public/1',
  ]);
  expect(world.stream.subscriptions().map(({ state }) => state)).toEqual(
    subscriptions.map(() => 'subscribed'),
  );
  return { world, sockets };
}

/** What a lifecycle event is about: the connection, or the connection of the subscription. */
function subjectOf(event: LifecycleEvent, carriers: ReadonlyMap<string, string | undefined>): string {
  if (event.type === 'connection') return event.connection.id;
  if (event.type === 'subscription') return carriers.get(event.subscription.key) ?? 'nobody';
  // One connection alone logs in.
  if (event.type === 'account') return 'fake/private/1';
  if (event.type === 'frame-problem') return event.connection;
  if (event.type === 'consumer-failed') return carriers.get(event.subscription) ?? 'nobody';
  return event.type;
}

/**
 * Does something to one connection, lets time pass, and holds that nothing happened anywhere else: no event of a
 * connection or a subscription, no status event to a consumer, no frame, no dial.
 */
async function touchesOnly(
  { world, sockets }: Neighbours,
  touched: string,
  happens: (socket: FakeSocket) => void | Promise<void>,
): Promise<void> {
  const carriers = new Map(world.stream.subscriptions().map(({ key, connection }) => [key, connection]));
  const told: string[] = [];
  world.stream.listen({}, (event) => {
    if (event.type === 'status') told.push(carriers.get(event.subscription) ?? 'nobody');
  });
  const socket = sockets[touched];
  if (!socket) throw new Error(`There is no connection ${touched}.`);
  const others = Object.values(sockets).filter((other) => other !== socket);
  world.lifecycle.length = told.length = 0;
  const before = world.sockets.length;
  await happens(socket);
  await settle(world);
  await world.clock.advance(2_000);
  expect(world.lifecycle.length).toBeGreaterThan(0);
  for (const event of world.lifecycle) expect(subjectOf(event, carriers)).toBe(touched);
  for (const subject of told) expect(subject).toBe(touched);
  expect(others.map(({ sent, closed }) => [sent.length, closed])).toEqual(others.map(() => [0, false]));
  for (const { options } of world.sockets.slice(before)) expect(options.owner?.connection).toBe(touched);
}

describe('what goes wrong on one connection stays there', () => {
  test.each(['fake/public/1', 'fake/private/1', 'other/public/1'])('a dead socket: %s', async (id) => {
    const all = await neighbours();
    await touchesOnly(all, id, (socket) => socket.end(1006));
    expect(all.world.lifecycle.map(({ type }) => type)).toContain('subscription');
  });

  test('a refused login', async () => {
    const all = await neighbours();
    const { world } = all;
    await touchesOnly(all, 'fake/private/1', async (socket) => {
      socket.end(1006);
      await world.clock.advance(1_100);
      world.socket.accept();
      await settle(world);
      const [login] = world.socket.sent;
      world.socket.push({ denied: login?.key, code: 'E1' });
    });
    expect(world.stream.subscriptions().map(({ exchange, state }) => `${exchange} ${state}`)).toEqual([
      'fake subscribed',
      'fake subscribed',
      'fake failed',
      'other subscribed',
    ]);
    expect(world.stream.connections().map(({ id }) => id)).not.toContain('fake/private/1');
  });

  test('a rejected subscription', async () => {
    const all = await neighbours();
    const { world } = all;
    await touchesOnly(all, 'fake/public/2', async (socket) => {
      socket.end(1006);
      await world.clock.advance(1_000);
      world.socket.accept();
      await settle(world);
      for (const { key } of world.socket.sent.splice(0)) world.socket.push({ refuse: key });
    });
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual([
      'subscribed',
      'failed',
      'subscribed',
      'subscribed',
    ]);
  });

  test('frames that cannot be decoded', async () => {
    const all = await neighbours();
    await touchesOnly(all, 'fake/public/1', (socket) => {
      for (let count = 0; count < 20; count++) socket.push('{');
    });
  });

  test('a handler that throws, which keeps its own connection open too', async () => {
    const all = await neighbours();
    const { world, sockets } = all;
    const received: string[] = [];
    const receive = ({ exchange, type }: { exchange: string; type: string }): void =>
      void (type === 'trade' && received.push(exchange));
    world.stream.listen({ exchange: 'fake', symbol: 'BTC/USDT', channel: 'trades' }, () => {
      throw new TypeError('mine');
    });
    world.stream.listen({ channel: 'trades' }, receive);
    await touchesOnly(all, 'fake/public/1', (socket) => {
      socket.push({ topic: 'trades.BTCUSDT', id: '1', price: '1' });
      sockets['other/public/1']?.push({ topic: 'trades.BTCUSDT', id: '1', price: '1' });
    });
    expect(received).toEqual(['fake', 'other']);
    expect(world.lifecycle.map(({ type }) => type)).toEqual(['consumer-failed']);
    expect(world.stream.connections().map(({ state }) => state)).toEqual(['open', 'open', 'open', 'open']);
  });
});
