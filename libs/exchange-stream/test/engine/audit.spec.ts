import type { Subscription } from '../../src/engine/subscription/subscription.ts';
import { defined, settle } from './defined-world.ts';
import { FakeWorld, trades } from './fake-exchange.ts';

async function liveWorld(): Promise<{ world: FakeWorld; subscription: Subscription }> {
  const world = new FakeWorld();
  world.stream.subscribe(trades('BTC/USDT'));
  const socket = await world.connect();
  socket.ackAll();
  const found: Subscription[] = [];
  world.stream.manager('fake').forEach((subscription) => found.push(subscription));
  return { world, subscription: found[0]! };
}

const told = (world: FakeWorld): unknown[] =>
  world.lifecycle.filter(({ type }) => type === 'inconsistency').map((event) => event);

describe('audit', () => {
  it('finds nothing where nothing is wrong, through loss and return', async () => {
    const { world } = await liveWorld();
    expect(world.stream.audit()).toEqual([]);
    world.socket.end(1006);
    expect(world.stream.audit()).toEqual([]);
    await world.clock.advance(1_000);
    world.socket.accept();
    expect(world.stream.audit()).toEqual([]);
    expect(told(world)).toEqual([]);
  });

  it('finds a subscription on a connection that there is not, and has it asked for again', async () => {
    const { world, subscription } = await liveWorld();
    // As if the news of the connection's end had been lost.
    Reflect.set(subscription, 'connectionId', 'fake/public/99');
    expect(world.stream.audit()).toMatchObject([{ kind: 'no-connection' }]);
    expect(told(world)).toMatchObject([
      { exchange: 'fake', subscription: subscription.key, kind: 'no-connection' },
    ]);
    await world.clock.advance(1_000);
    world.socket.ackAll();
    expect(subscription.view()).toMatchObject({
      state: 'subscribed',
      connection: 'fake/public/1',
      data: 'live',
    });
    expect(world.stream.audit()).toEqual([]);
  });

  it('finds data that is live without an open connection, and tells its consumers', async () => {
    const { world, subscription } = await liveWorld();
    // As if the subscription had never heard of the loss.
    const lost = jest.spyOn(subscription, 'lost').mockImplementation(() => undefined);
    world.socket.end(1006);
    expect(subscription.view().data).toBe('live');
    lost.mockRestore();
    expect(world.stream.audit()).toMatchObject([
      { kind: 'live-without-connection', found: 'its data is live while fake/public/1 is waiting' },
    ]);
    expect(subscription.view()).toMatchObject({ state: 'resubscribing', data: 'stale' });
    expect(world.stream.audit()).toEqual([]);
  });
});

/** Timers that are set for so long are lost from now on, until the returned function is called. */
function losing(world: FakeWorld, lostMs: number): () => void {
  const after = world.clock.after.bind(world.clock);
  const spy = jest
    .spyOn(world.clock, 'after')
    .mockImplementation((ms, run) => (ms === lostMs ? { cancel: () => undefined } : after(ms, run)));
  return () => spy.mockRestore();
}

/** Looks once a second. */
async function audited(world: FakeWorld, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await world.clock.advance(1_000);
    world.stream.audit();
  }
}

/** What a part of the engine keeps to itself, to plant what cannot be. */
const inside = <T>(of: object, name: string): T => Reflect.get(of, name) as T;

interface Mended {
  readonly kind: string;
  readonly done: string;
}

const mended = (world: FakeWorld): unknown[] =>
  told(world).map((event) => {
    const { kind, done } = event as Mended;
    return [kind, done];
  });

describe('what the audit mends', () => {
  it('a handshake whose deadline was lost', async () => {
    const world = new FakeWorld();
    world.stream.subscribe(trades('BTC/USDT'));
    const restore = losing(world, 10_000);
    world.stream.start();
    await world.clock.advance(0);
    restore();
    await audited(world, 20);
    expect(mended(world)).toEqual([['overdue', 'given up for a fresh socket']]);
    expect(world.sockets).toHaveLength(2);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed' }]);
  });

  it('a wait before dialling again that never ends', async () => {
    const { world } = await liveWorld();
    // Half of the first bound, as the draws of this world are.
    const restore = losing(world, 250);
    world.socket.end(1006);
    restore();
    await audited(world, 60);
    expect(mended(world)).toEqual([['overdue', 'given up for a fresh socket']]);
    expect(world.sockets.length).toBeGreaterThan(1);
  });

  it('a connection that is not watched for signs of life any more', async () => {
    const { world } = await liveWorld();
    // The timer that is due sets the next one, which is lost.
    const restore = losing(world, 5_000);
    await world.clock.advance(5_000);
    restore();
    await audited(world, 30);
    expect(mended(world)).toEqual([['silent', 'given up for a fresh socket']]);
    expect(world.sockets.length).toBeGreaterThan(1);
  });

  it('a request whose answer and deadline were lost: it is asked for again', async () => {
    const world = new FakeWorld();
    world.stream.subscribe(trades('BTC/USDT'));
    const restore = losing(world, 3_000);
    const socket = await world.connect();
    restore();
    socket.sent.splice(0);
    await audited(world, 12);
    expect(mended(world)).toEqual([['unconfirmed', 'the topic was taken on']]);
    socket.ackAll();
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed', data: 'live' }]);
  });

  it('a topic that was to be asked for, and was not', async () => {
    const { world } = await liveWorld();
    const restore = losing(world, 0);
    world.stream.subscribe(trades('ETH/USDT'));
    await world.clock.advance(0);
    restore();
    await audited(world, 10);
    expect(mended(world)).toEqual([['overdue', 'the topic was taken on']]);
    world.socket.ackAll();
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed' }, { state: 'subscribed' }]);
  });

  it('a subscription that did not hear of its confirmation', async () => {
    const world = new FakeWorld();
    const { key } = world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    world.stream.manager('fake').forEach((subscription) => {
      jest.spyOn(subscription, 'acked').mockImplementationOnce(() => undefined);
    });
    socket.ackAll();
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribing' }]);
    await audited(world, 10);
    expect(told(world)).toMatchObject([{ kind: 'out-of-step', subscription: key, done: 'asked for again' }]);
    expect(world.stream.subscriptions()).toMatchObject([{ state: 'subscribed', data: 'live' }]);
  });

  it('a halt that nobody took back', async () => {
    const { world, subscription } = await liveWorld();
    subscription.flow.presence.marketHalted('planted');
    await audited(world, 10);
    expect(mended(world)).toEqual([['out-of-step', 'asked for again']]);
    expect(subscription.view()).toMatchObject({ state: 'subscribed', data: 'live' });
  });

  it('a subscription that its connection has lost', async () => {
    const { world, subscription } = await liveWorld();
    const pool = inside<object>(world.stream.manager('fake'), 'pool');
    const [connection] = inside<Map<string, object>>(pool, 'connections').values();
    const topics = inside<Map<string, object>>(inside(connection!, 'topics'), 'topics');
    topics.clear();
    await audited(world, 10);
    // The connection carried nothing else, and was not needed any more.
    expect(mended(world)).toEqual([
      ['unwanted', 'closed'],
      ['not-carried', 'asked for again'],
    ]);
    world.socket.accept();
    await world.clock.advance(0);
    world.socket.ackAll();
    expect(subscription.view()).toMatchObject({ state: 'subscribed', connection: 'fake/public/2' });
    await audited(world, 10);
    expect(told(world)).toHaveLength(2);
  });

  it('a topic that was kept for a subscription that has ended', async () => {
    const world = new FakeWorld();
    const [ended] = ['BTC/USDT', 'ETH/USDT'].map((symbol) => world.stream.subscribe(trades(symbol)));
    const socket = await world.connect();
    socket.ackAll();
    const pool = inside<{ remove(subscription: Subscription): void }>(world.stream.manager('fake'), 'pool');
    const remove = jest.spyOn(pool, 'remove').mockImplementation(() => undefined);
    await ended!.unsubscribe();
    remove.mockRestore();
    await audited(world, 10);
    expect(mended(world)).toEqual([['unwanted', 'the topic was taken on']]);
    expect(socket.sent.map(({ op, topics }) => [op, topics])).toEqual([['unsub', ['trades.BTCUSDT']]]);
    socket.ackAll();
    expect(world.stream.connections()).toMatchObject([{ topics: 1 }]);
  });

  it.each<[what: string, plant: (subscription: Subscription) => void]>([
    ['a subscription that is wanted and that nobody began', (it) => it.suspended('planted')],
    ['a failure that may pass, and that is not tried again', (it) => it.failed('ack-timeout', 'planted')],
  ])('%s', async (_, plant) => {
    const { world, subscription } = await liveWorld();
    plant(subscription);
    await audited(world, 10);
    expect(mended(world)).toEqual([
      // It was left behind there.
      ['unwanted', 'the topic was taken on'],
      ['stranded', 'asked for'],
    ]);
    await world.clock.advance(1_000);
    world.socket.ackAll();
    await world.clock.advance(1_000);
    world.socket.ackAll();
    expect(subscription.view()).toMatchObject({ state: 'subscribed', data: 'live' });
  });

  it('a user-defined connection that is to be open and is not', async () => {
    const { world, handle } = defined();
    Reflect.set(handle, 'wanted', true);
    await audited(world, 10);
    expect(told(world)).toMatchObject([{ kind: 'stranded', connection: 'fake/news', done: 'opened' }]);
    expect(world.sockets).toHaveLength(1);
  });

  it('a user-defined connection that is stuck on its way', async () => {
    const { world, handle } = defined();
    const restore = losing(world, 10_000);
    handle.subscribe(['a']);
    await settle(world);
    restore();
    await audited(world, 20);
    expect(told(world)).toMatchObject([
      { kind: 'overdue', connection: 'fake/news/1', done: 'given up for a fresh socket' },
    ]);
    expect(world.sockets).toHaveLength(2);
  });

  it('a close that nobody ends', async () => {
    const world = new FakeWorld();
    const held = world.stream.subscribe(trades('BTC/USDT'));
    const socket = await world.connect();
    socket.ackAll();
    const restore = losing(world, 5_000);
    socket.answersClose = false;
    await held.unsubscribe();
    await world.clock.advance(0);
    socket.ackAll();
    restore();
    await audited(world, 15);
    expect(told(world)).toMatchObject([{ kind: 'overdue', connection: 'fake/public/1', done: 'cut' }]);
    const closing = world.stream.close();
    await world.clock.advance(0);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  it('nothing of an exchange that is disabled, nor of user-defined connections without a subscriber', async () => {
    const { world, handle } = defined({ subscriber: () => [], unsubscriber: () => [] });
    handle.subscribe(['a']);
    await settle(world);
    world.socket.accept();
    world.stream.subscribe(trades('BTC/USDT'));
    world.stream.start();
    await settle(world);
    world.sockets[1]?.accept();
    await settle(world);
    world.sockets[1]?.ackAll();
    for (let second = 0; second < 30; second++) {
      for (const socket of world.sockets) socket.handlers.onPong();
      await audited(world, 1);
    }
    void world.stream.disable('fake');
    await audited(world, 60);
    expect(told(world)).toEqual([]);
  });
});
