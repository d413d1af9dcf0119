import type { CredentialsSource, ExchangeStreamOptions } from '../../src/engine/index.ts';
import type { Credentials } from '../../src/contract/index.ts';
import { FakeWorld, type FakeSocket } from './fake-exchange.ts';
import { CREDENTIALS, privateAdapter } from './private-exchange.ts';

const ticker = (symbol: string): { exchange: string; channel: 'ticker'; symbol: string } => ({
  exchange: 'fake',
  channel: 'ticker',
  symbol,
});

const trades = { exchange: 'fake', channel: 'trades', symbol: 'BTC/USDT' } as const;

function worldWith(
  credentials?: CredentialsSource,
  options: Partial<ExchangeStreamOptions> = { subscriptions: [ticker('BTC/USDT'), ticker('ETH/USDT')] },
): FakeWorld {
  return new FakeWorld(privateAdapter(), {
    ...options,
    settings: { fake: { ...(credentials === undefined ? {} : { credentials }) } },
  });
}

/** Lets the engine do what it has to do now. */
async function settle(world: FakeWorld): Promise<void> {
  for (let round = 0; round < 5; round++) await world.clock.advance(0);
}

async function opened(world: FakeWorld): Promise<FakeSocket> {
  world.stream.start();
  await settle(world);
  world.socket.accept();
  await settle(world);
  return world.socket;
}

const ops = (socket: FakeSocket): string[] => socket.sent.map(({ op }) => op);

const connectionStates = (world: FakeWorld, id: string): string[] =>
  world.lifecycle.flatMap((event) =>
    event.type === 'connection' && event.connection.id === id ? [event.connection.state] : [],
  );

/** Everything that a user can see, as text. */
function shown(world: FakeWorld): string {
  const manager = world.stream.manager('fake');
  const errors = world.lifecycle.flatMap((event) =>
    'error' in event ? [event.error.message, event.error.stack] : [],
  );
  return JSON.stringify([
    world.lifecycle,
    errors,
    world.stream.connections(),
    world.stream.subscriptions(),
    manager.endpoints(),
    [...manager.counters().ignored],
  ]);
}

describe('a login', () => {
  test('is signed with the time of the exchange, where it tells that', async () => {
    const adapter = privateAdapter();
    const serverTime = {
      request: () => ({ path: '/time', weight: 1 }),
      parse: (body: string) => Number(body),
      recognise: () => undefined,
    };
    const world = new FakeWorld(
      { ...adapter, rest: { ...adapter.rest, serverTime } },
      { subscriptions: [ticker('BTC/USDT')], settings: { fake: { credentials: CREDENTIALS } } },
    );
    const { respond, clock } = world;
    world.respond = (request) =>
      request.url.endsWith('/time')
        ? Promise.resolve({ status: 200, headers: {}, body: String(clock.now() - 7_000) })
        : respond(request);
    const socket = await opened(world);
    expect(socket.sent[0]).toMatchObject({
      op: 'login',
      topics: [CREDENTIALS.key, CREDENTIALS.secret, String(clock.now() - 7_000)],
    });
    expect(world.stream.manager('fake').clockOffset).toEqual({ offsetMs: -7_000, uncertaintyMs: 0 });
    const closed = world.stream.close();
    await clock.advance(10_000);
    await closed;
    expect(clock.pending).toBe(0);
  });

  test('comes ahead of all else, and topics are asked for once it is confirmed', async () => {
    const world = worldWith(CREDENTIALS);
    const socket = await opened(world);
    expect(ops(socket)).toEqual(['login']);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'authenticating', reason: 'logging in' });
    expect(socket.sent[0]?.topics).toEqual([CREDENTIALS.key, CREDENTIALS.secret, String(world.clock.now())]);
    socket.ackAll();
    await settle(world);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'open', reason: 'logged in' });
    expect(socket.sent).toEqual([
      expect.objectContaining({ op: 'sub', topics: ['ticker.BTCUSDT', 'ticker.ETHUSDT'] }),
    ]);
    socket.ackAll();
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual(['subscribed', 'subscribed']);
    expect(connectionStates(world, 'fake/private/1')).toEqual(['connecting', 'authenticating', 'open']);
  });

  test('is made anew on every socket, with the credentials of that moment', async () => {
    let key = 'first';
    const world = worldWith(() => Promise.resolve({ key, secret: 'secret' }));
    const first = await opened(world);
    expect(first.sent[0]?.topics[0]).toBe('first');
    first.ackAll();
    key = 'second';
    first.end(1006);
    await world.clock.advance(1_100);
    world.socket.accept();
    await settle(world);
    expect(world.socket.sent[0]?.topics[0]).toBe('second');
  });

  test('that is refused fails the subscriptions of its connection, and nobody tries again by itself', async () => {
    const world = worldWith(CREDENTIALS, { subscriptions: [ticker('BTC/USDT'), ticker('ETH/USDT'), trades] });
    world.stream.start();
    await settle(world);
    const [privateSocket, publicSocket] = [
      world.sockets.find(({ url }) => url.endsWith('/private')),
      world.sockets.find(({ url }) => url.endsWith('/stream')),
    ];
    publicSocket?.accept();
    privateSocket?.accept();
    await settle(world);
    publicSocket?.ackAll();
    privateSocket?.push({ denied: privateSocket.sent[0]?.key, code: '401' });
    await settle(world);

    expect(privateSocket?.closed).toBe(true);
    expect(world.stream.manager('fake').counters().logins).toEqual({ accepted: 0, refused: 1, failed: 0 });
    const reason = 'the exchange refused the login: invalid key [redacted]';
    expect(world.stream.subscriptions()).toEqual([
      expect.objectContaining({ channel: 'ticker', state: 'failed', failure: 'auth', reason }),
      expect.objectContaining({ channel: 'ticker', state: 'failed', failure: 'auth', reason }),
      expect.objectContaining({ channel: 'trades', state: 'subscribed', data: 'live' }),
    ]);
    expect(world.lifecycle).toContainEqual(
      expect.objectContaining({
        type: 'connection',
        connection: expect.objectContaining({
          id: 'fake/private/1',
          state: 'closed',
          reason,
          failure: { kind: 'login', code: '401' },
        }) as unknown,
      }),
    );
    for (let second = 0; second < 1_200; second++) {
      await world.clock.advance(1_000);
      publicSocket?.handlers.onPong();
      publicSocket?.push({ topic: 'trades.BTCUSDT', id: String(second), price: '1' });
    }
    expect(world.sockets).toHaveLength(2);
    expect(world.stream.connections()).toEqual([
      expect.objectContaining({ endpoint: 'public', state: 'open' }),
    ]);
  });

  test('is not tried again with the same credentials, whoever asks, until they are set once more', async () => {
    const world = worldWith(CREDENTIALS, { subscriptions: [ticker('BTC/USDT')] });
    const first = await opened(world);
    first.push({ denied: first.sent[0]?.key });
    for (const symbol of ['BTC/USDT', 'SOL/USDT']) world.stream.subscribe(ticker(symbol));
    await settle(world);
    expect(world.socket).toBe(first);
    const reason =
      'the exchange refused the login: invalid key [redacted]; it is not asked again until the credentials change';
    expect(world.stream.subscriptions()).toEqual([
      expect.objectContaining({ state: 'failed', failure: 'auth', reason }),
      expect.objectContaining({ state: 'failed', failure: 'auth', reason }),
    ]);
    world.stream.manager('fake').setCredentials(CREDENTIALS);
    await settle(world);
    expect(world.socket).not.toBe(first);
    world.socket.accept();
    await settle(world);
    world.socket.ackAll();
    await settle(world);
    world.socket.ackAll();
    expect(world.stream.subscriptions()[0]?.state).toBe('subscribed');
  });

  test('reaches another connection than the refused one, when who is told asks at once', async () => {
    // Two: who is told of the first asks while the refused connection still has the second.
    const world = worldWith(() => CREDENTIALS);
    const first = await opened(world);
    let asked = false;
    world.stream.onLifecycle((event) => {
      if (event.type !== 'subscription' || event.subscription.state !== 'failed' || asked) return;
      asked = true;
      world.stream.subscribe(ticker('SOL/USDT'));
    });
    first.push({ denied: first.sent[0]?.key });
    await settle(world);
    expect(world.stream.connections()).toEqual([
      expect.objectContaining({ id: 'fake/private/2', state: 'connecting', topics: 1 }),
    ]);
  });

  test.each([
    [
      'is not answered',
      async (world: FakeWorld) => world.clock.advance(3_000),
      'no answer to the login within 3000 ms',
    ],
    [
      'is refused for now',
      (world: FakeWorld) =>
        Promise.resolve(world.socket.push({ denied: world.socket.sent[0]?.key, temporary: '1' })),
      'the exchange refused the login: invalid key [redacted]',
    ],
    [
      'is cut off',
      (world: FakeWorld) => Promise.resolve(world.socket.end(1006)),
      'cut without a close (code 1006)',
    ],
  ])('that %s is tried again on a fresh socket, ever later', async (_how, fail, reason) => {
    const world = worldWith(CREDENTIALS);
    await opened(world);
    await fail(world);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting', reason, attempts: 1 });
    await world.clock.advance(1_000);
    world.socket.accept();
    await settle(world);
    expect(world.sockets).toHaveLength(2);
    await fail(world);
    expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting', reason, attempts: 2 });
    expect(world.stream.subscriptions().map(({ state }) => state)).toEqual(['subscribing', 'subscribing']);
  });

  test('is not made with credentials that were asked for on an earlier socket', async () => {
    const given: ((credentials: Credentials) => void)[] = [];
    const world = worldWith(() => new Promise<Credentials>((resolve) => given.push(resolve)));
    (await opened(world)).end(1006);
    await world.clock.advance(1_000);
    world.socket.accept();
    await settle(world);
    given[0]?.({ key: 'early', secret: 'secret' });
    await settle(world);
    expect(ops(world.socket)).toEqual([]);
    given[1]?.({ key: 'second', secret: 'secret' });
    await settle(world);
    expect(world.socket.sent.map(({ topics }) => topics[0])).toEqual(['second']);
  });

  test('does not excuse a socket that never got further from growing waits', async () => {
    const world = new FakeWorld(privateAdapter(), {
      subscriptions: [ticker('BTC/USDT')],
      settings: { fake: { credentials: () => new Promise<Credentials>(() => undefined) } },
      tuning: { healthyAfterMs: 1_000, handshakeTimeoutMs: 2_000 },
    });
    await opened(world);
    await world.clock.advance(2_000);
    world.socket.accept();
    expect(world.stream.connections()[0]).toMatchObject({
      reason: 'the credentials did not come within 2000 ms',
      failure: { kind: 'login' },
    });
    await world.clock.advance(1_000);
    world.socket.accept();
    await world.clock.advance(2_000);
    expect(world.stream.connections()[0]?.attempts).toBe(2);
  });

  test.each([
    ['rejects', () => Promise.reject(new RangeError(`vault of ${CREDENTIALS.key}`))],
    [
      'throws',
      () => {
        throw new RangeError(`vault of ${CREDENTIALS.key}`);
      },
    ],
  ])('waits for a source of credentials that %s, and quotes nothing of it', async (_how, credentials) => {
    const world = worldWith(credentials);
    await opened(world);
    expect(world.stream.connections()[0]).toMatchObject({
      state: 'waiting',
      reason: 'the credentials could not be had (RangeError)',
    });
    expect(shown(world)).not.toContain('canary');
  });

  test('cannot be made of credentials that the session does not take', async () => {
    const world = worldWith({ ...CREDENTIALS, secret: '' });
    await opened(world);
    expect(world.stream.subscriptions()[0]).toMatchObject({
      state: 'failed',
      failure: 'auth',
      reason: 'no login can be made of the credentials (TypeError): check settings.fake.credentials',
    });
    expect(shown(world)).not.toContain('canary');
  });

  test('without credentials is not even dialled for, and the words say what to set', async () => {
    const world = worldWith(undefined);
    world.stream.start();
    await settle(world);
    expect(world.sockets).toHaveLength(0);
    expect(world.stream.subscriptions()[0]).toMatchObject({
      state: 'failed',
      failure: 'auth',
      reason: 'the endpoint "private" wants a login: set settings.fake.credentials to { key, secret }',
    });
  });

  test('leaves its credentials in no view, event or error', async () => {
    const world = worldWith(CREDENTIALS);
    const socket = await opened(world);
    socket.push({ denied: 'nobody', note: CREDENTIALS.secret });
    socket.push(`not JSON, ${CREDENTIALS.secret} and ${CREDENTIALS.passphrase}`);
    socket.push(`${'.'.repeat(180)}${CREDENTIALS.passphrase}`);
    socket.ackAll();
    await settle(world);
    socket.push(`not JSON, ${CREDENTIALS.key}`);
    socket.handlers.onClose(4001, `key ${CREDENTIALS.key}`);
    expect(world.stream.connections()[0]?.reason).toBe('closed by the exchange (code 4001: key [redacted])');
    await world.clock.advance(1_100);
    world.socket.accept();
    await settle(world);
    world.socket.push({ denied: world.socket.sent[0]?.key, code: CREDENTIALS.key });
    await settle(world);
    expect(world.stream.subscriptions()[0]?.failure).toBe('auth');
    expect(world.lifecycle.some(({ type }) => type === 'frame-problem')).toBe(true);
    expect(shown(world)).not.toContain('canary');
  });

  test.each(['while the credentials are fetched', 'while the reply is awaited'])(
    'can be closed %s, and leaves no timer',
    async (when) => {
      const world = worldWith(when.includes('reply') ? CREDENTIALS : () => new Promise(() => undefined));
      const socket = await opened(world);
      const closing = world.stream.close();
      await settle(world);
      await closing;
      expect(socket.closed).toBe(true);
      expect(connectionStates(world, 'fake/private/1').slice(-3)).toEqual([
        'authenticating',
        'draining',
        'closed',
      ]);
      expect(world.clock.pending).toBe(0);
    },
  );
});
