import type { ExchangeStreamOptions, SubscriptionView } from '../../src/engine/index.ts';
import { FakeWorld, type FakeSocket } from './fake-exchange.ts';
import { privateAdapter } from './private-exchange.ts';

const FIRST = { key: 'canary-first', secret: 'canary-secret-1' };
const SECOND = { key: 'canary-second', secret: 'canary-secret-2' };
const THIRD = { key: 'canary-third', secret: 'canary-secret-3' };

const ticker = (symbol: string, account?: string) =>
  ({
    exchange: 'fake',
    channel: 'ticker',
    symbol,
    ...(account === undefined ? {} : { params: { account } }),
  }) as const;

function worldWith(options: Partial<ExchangeStreamOptions>): FakeWorld {
  return new FakeWorld(privateAdapter(), options);
}

async function settle(world: FakeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) await world.clock.advance(0);
}

/** Lets in every socket that waits, with every key but those refused, and confirms all topics. */
async function serve(world: FakeWorld, refused: readonly string[] = []): Promise<void> {
  for (let round = 0; round < 4; round++) {
    await settle(world);
    for (const socket of world.sockets) {
      if (socket.closed) continue;
      if (!socket.accepted) socket.accept();
      await settle(world);
      const [login] = socket.sent;
      logins(world);
      if (login && refused.includes(keyOf(socket)) && socket.sent.length === 1)
        socket.push({ denied: login.key, code: '401' });
      else socket.ackAll();
    }
  }
  await settle(world);
}

const keyOf = (socket: FakeSocket): string => socket.sent[0]?.topics[0] ?? '';

const open = (world: FakeWorld): FakeSocket[] => world.sockets.filter(({ closed }) => !closed);

/** Time passes, and every open socket gives signs of life. */
async function alive(world: FakeWorld, durationMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < durationMs; passedMs += 1_000) {
    await world.clock.advance(1_000);
    for (const socket of open(world)) {
      socket.handlers.onPong();
      // Something has to come, or the connection is taken for silent.
      if (passedMs % 60_000 === 0) socket.push({ topic: 'ticker.BTCUSDT', id: '1', price: '1' });
    }
  }
}

const heard = new WeakMap<FakeWorld, Map<string, string>>();

/** The keys of all logins so far, by socket; a socket forgets what it has answered. */
function logins(world: FakeWorld): string[] {
  const keys = heard.get(world) ?? new Map<string, string>();
  heard.set(world, keys);
  for (const [index, { sent }] of world.sockets.entries())
    for (const { op, key, topics } of sent) if (op === 'login') keys.set(`${index} ${key}`, topics[0] ?? '');
  return [...keys.values()];
}

const found = (world: FakeWorld, account?: string): SubscriptionView | undefined =>
  world.stream.subscriptions().find(({ params }) => params?.account === account);

const two = (): FakeWorld =>
  worldWith({
    subscriptions: [ticker('BTC/USDT'), ticker('BTC/USDT', 'second')],
    settings: { fake: { credentials: FIRST, accounts: { second: SECOND } } },
  });

describe('accounts', () => {
  test('have connections of their own, though their topics are the same', async () => {
    const world = two();
    world.stream.start();
    await serve(world);
    expect(world.stream.connections()).toEqual([
      expect.objectContaining({
        id: 'fake/private/1',
        account: 'default',
        login: 'authenticated',
        topics: 1,
      }),
      expect.objectContaining({
        id: 'fake/private@second/1',
        ...{ account: 'second', login: 'authenticated', topics: 1 },
      }),
    ]);
    expect(logins(world)).toEqual([FIRST.key, SECOND.key]);
    const topics = world.stream.subscriptions().map(({ topic, key }) => [topic, key]);
    expect(topics).toEqual([
      ['ticker.BTCUSDT', '["fake","ticker","BTC/USDT",{}]'],
      ['ticker.BTCUSDT', '["fake","ticker","BTC/USDT",{"account":"second"}]'],
    ]);
  });

  test('two, of which one is refused: the other goes on, and both say so', async () => {
    const world = two();
    world.stream.start();
    await serve(world, [SECOND.key]);
    expect(found(world)).toMatchObject({ state: 'subscribed' });
    expect(found(world, 'second')).toMatchObject({ state: 'failed', failure: 'auth' });
    expect(world.stream.accounts()).toEqual([
      expect.objectContaining({ account: 'default', state: 'authenticated', loggedIn: 1 }),
      expect.objectContaining({ account: 'second', state: 'rejected', loggedIn: 0 }),
    ]);
    expect(world.stream.canUseAuthenticated('fake')).toEqual({
      ...{ canUse: true, state: 'authenticated', reason: 'logged in' },
    });
    expect(world.stream.canUseAuthenticated('fake', 'second')).toEqual({
      canUse: false,
      state: 'rejected',
      reason: expect.stringContaining('the exchange refused the login: ') as unknown,
    });
    await alive(world, 1_200_000);
    expect(logins(world)).toEqual([FIRST.key, SECOND.key]);
  });

  test('say what they can be used for, and why not', async () => {
    const world = worldWith({ settings: { fake: { accounts: { second: SECOND } } } });
    const use = (account?: string) => world.stream.canUseAuthenticated('fake', account);
    expect(use()).toEqual({
      ...{ canUse: false, state: 'none' },
      reason: 'there are no credentials: set settings.fake.credentials to { key, secret }',
    });
    expect(use('second')).toEqual({
      ...{ canUse: true, state: 'none', reason: 'no connection has had to log in yet' },
    });
    expect(() => use('third')).toThrow('There is no account "third" at fake. Allowed: default, second.');
    world.stream.subscribe(ticker('BTC/USDT', 'second'));
    world.stream.start();
    await settle(world);
    world.sockets[0]?.accept();
    await settle(world);
    expect(use('second')).toEqual({ canUse: true, state: 'pending', reason: 'logging in' });
    void world.stream.disable('fake');
    expect(use('second')).toMatchObject({ canUse: false, reason: 'the exchange is disabled' });
    expect(new FakeWorld().stream.canUseAuthenticated('fake')).toMatchObject({
      canUse: false,
      reason: 'nothing of fake wants a login',
    });
  });

  test('are named by what wants a login only, by names that there are', () => {
    const { stream } = two();
    expect(stream.canonical(ticker('BTC/USDT', 'default'))).toEqual(ticker('BTC/USDT'));
    expect(() => stream.subscribe(ticker('BTC/USDT', 'third'))).toThrow('There is no account "third"');
    expect(() => stream.subscribe(ticker('BTC/USDT', 'a b'))).toThrow('does not take "a b" for "account"');
    expect(() => stream.subscribe({ ...ticker('BTC/USDT', 'second'), channel: 'trades' })).toThrow(
      'fake trades has no parameter "account"',
    );
  });

  test.each([
    [{ accounts: { 'a b': FIRST } }, 'settings.fake.accounts: a name that none can have'],
    [{ accounts: { default: FIRST } }, 'settings.fake.accounts: a name that none can have'],
    [{ accounts: { one: { key: 'canary' } } }, 'settings.fake.accounts.one.secret: got no text'],
  ])('cannot be set as %j', (settings, message) => {
    const options = { settings: { fake: settings } } as unknown as Partial<ExchangeStreamOptions>;
    expect(() => worldWith(options)).toThrow(message);
    expect(() => worldWith(options)).toThrow(/^(?!.*canary)/);
  });
});

describe('credentials rotated at run time', () => {
  test('are logged in with before the old connection closes, and no trade is lost or told twice', async () => {
    const adapter = privateAdapter();
    const trades = { exchange: 'fake', channel: 'trades', symbol: 'BTC/USDT' } as const;
    const { topic } = adapter.channels.trades ?? { topic: () => '' };
    const world = new FakeWorld(
      { ...adapter, channels: { trades: { endpoint: 'private', params: {}, topic } } },
      { settings: { fake: { credentials: FIRST } } },
    );
    const told: string[] = [];
    world.stream.subscribe(trades).on((event) => {
      if (event.type === 'trade') told.push(event.id);
      else if (event.type === 'status' && told.length > 0) told.push(event.state);
    });
    world.stream.start();
    await serve(world);
    const [old] = world.sockets;
    world.stream.manager('fake').setCredentials(SECOND);
    await settle(world);
    world.socket.accept();
    await settle(world);
    expect([logins(world), old?.closed]).toEqual([[FIRST.key, SECOND.key], false]);
    await serve(world);
    for (let id = 1; id <= 10; id++) {
      for (const socket of open(world)) socket.push({ topic: 'trades.BTCUSDT', id: String(id), price: '1' });
      await alive(world, 1_000);
    }
    expect(old?.closed).toBe(true);
    expect(world.stream.connections()).toEqual([
      expect.objectContaining({ id: 'fake/private/2', login: 'authenticated' }),
    ]);
    expect(told).toEqual(Array.from({ length: 10 }, (_, index) => String(index + 1)));
  });

  test('and refused leave the old connection where it is, and are not tried again', async () => {
    const world = worldWith({
      subscriptions: [ticker('BTC/USDT')],
      settings: { fake: { credentials: FIRST } },
    });
    world.stream.start();
    await serve(world);
    world.stream.manager('fake').setCredentials(SECOND);
    await serve(world, [SECOND.key]);
    await alive(world, 1_800_000);
    expect(logins(world)).toEqual([FIRST.key, SECOND.key]);
    expect(world.sockets).toHaveLength(2);
    expect(found(world)).toMatchObject({ state: 'subscribed', connection: 'fake/private/1' });
    expect(world.stream.canUseAuthenticated('fake')).toMatchObject({ canUse: false, state: 'rejected' });
    world.stream.manager('fake').setCredentials(THIRD);
    await serve(world);
    expect(logins(world)).toEqual([FIRST.key, SECOND.key, THIRD.key]);
    expect(world.stream.canUseAuthenticated('fake')).toMatchObject({ canUse: true, state: 'authenticated' });
  });

  test('from a source bring a refused account back only when they have changed', async () => {
    let given = FIRST;
    const world = worldWith({
      subscriptions: [ticker('BTC/USDT')],
      settings: { fake: { credentials: () => Promise.resolve(given) } },
    });
    world.stream.start();
    await serve(world, [FIRST.key]);
    world.stream.subscribe(ticker('BTC/USDT'));
    await serve(world);
    expect(logins(world)).toEqual([FIRST.key]);
    expect(found(world)).toMatchObject({ state: 'failed', failure: 'auth' });
    given = SECOND;
    world.stream.subscribe(ticker('BTC/USDT'));
    await serve(world);
    expect(logins(world)).toEqual([FIRST.key, SECOND.key]);
    expect(found(world)).toMatchObject({ state: 'subscribed' });
    expect(world.stream.accounts()[0]).toMatchObject({ state: 'authenticated' });
  });

  test('and taken away close the connections, until there are some again', async () => {
    const world = two();
    world.stream.start();
    await serve(world);
    const manager = world.stream.manager('fake');
    manager.setCredentials(undefined, 'second');
    await serve(world);
    expect(found(world, 'second')).toMatchObject({
      ...{ state: 'failed', failure: 'auth' },
      reason: 'the credentials were taken away: set settings.fake.accounts.second to { key, secret }',
    });
    expect(found(world)).toMatchObject({ state: 'subscribed' });
    manager.setCredentials(THIRD, 'second');
    await serve(world);
    expect(found(world, 'second')).toMatchObject({ state: 'subscribed' });
    expect(logins(world)).toEqual([FIRST.key, SECOND.key, THIRD.key]);
  });

  test('are checked, and not repeated', () => {
    const manager = two().stream.manager('fake');
    const wrong = { key: 'canary' } as unknown as typeof FIRST;
    expect(() => manager.setCredentials(wrong)).toThrow(/^setCredentials.secret: got no text(?!.*canary)/);
    expect(() => manager.setCredentials(FIRST, 'a b')).toThrow('setCredentials: no name of an account');
  });
});

describe('a provider of credentials', () => {
  test('is asked by exchange and account, for every socket', async () => {
    const asked: string[] = [];
    const world = worldWith({
      subscriptions: [ticker('BTC/USDT'), ticker('BTC/USDT', 'desk-7')],
      settings: { fake: { accounts: { second: SECOND } } },
      credentialsProvider: {
        credentialsOf: async (exchange, account) => {
          asked.push(`${exchange} ${account}`);
          return Promise.resolve(account === 'default' ? FIRST : THIRD);
        },
      },
    });
    world.stream.subscribe(ticker('BTC/USDT', 'second'));
    world.stream.start();
    await serve(world);
    expect(asked).toEqual(['fake default', 'fake desk-7']);
    expect(logins(world).sort()).toEqual([FIRST.key, SECOND.key, THIRD.key].sort());
  });

  test('that never answers holds up nobody else', async () => {
    const world = worldWith({
      subscriptions: [ticker('BTC/USDT'), ticker('BTC/USDT', 'second')],
      settings: { fake: { credentials: FIRST } },
      credentialsProvider: { credentialsOf: () => new Promise(() => undefined) },
      tuning: { handshakeTimeoutMs: 2_000 },
    });
    world.stream.start();
    await serve(world);
    expect(found(world)).toMatchObject({ state: 'subscribed' });
    await world.clock.advance(2_000);
    expect(world.stream.connections().find(({ account }) => account === 'second')).toMatchObject({
      ...{ state: 'waiting', login: 'none' },
      reason: 'the credentials did not come within 2000 ms',
    });
    expect(world.stream.canUseAuthenticated('fake', 'second')).toMatchObject({ canUse: true, state: 'none' });
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
    expect(world.clock.pending).toBe(0);
  });

  test('that knows an account not leaves it without credentials', async () => {
    const world = worldWith({
      subscriptions: [ticker('BTC/USDT')],
      credentialsProvider: { credentialsOf: () => undefined },
    });
    world.stream.start();
    await serve(world);
    expect(found(world)).toMatchObject({
      ...{ state: 'failed', failure: 'auth' },
      reason:
        'fake wants a login here and there are no credentials: set settings.fake.credentials to { key, secret }',
    });
  });
});
