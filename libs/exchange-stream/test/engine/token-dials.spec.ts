import type { Credentials } from '../../src/contract/index.ts';
import { TokenWorld, TRADES, tokenOperation, CREDENTIALS } from './token-world.ts';

const perWindow = (
  safe: number,
  windowMs: number,
): { documented: number; safe: number; windowMs: number } => ({
  ...{ documented: safe, safe, windowMs },
});

const ETH = { ...TRADES, symbol: 'ETH/USDT' };

/** When each socket was dialled. */
const dials = (world: TokenWorld): number[] => world.sockets.map(({ openedAt }) => openedAt);

async function closed(world: TokenWorld): Promise<void> {
  let isClosed = false;
  void world.stream.close().then(() => (isClosed = true));
  await world.settle();
  expect(isClosed).toBe(true);
  expect(world.clock.pending).toBe(0);
}

describe('a dial with a token', () => {
  test('gets it when its turn has come, not before', async () => {
    const world = new TokenWorld({ connects: perWindow(1, 60_000) });
    world.lifetimeMs = 10_000;
    await world.opened();
    world.socket.end(1006);
    await world.clock.advance(60_900);
    expect(world.asked).toHaveLength(1);
    await world.clock.advance(100);
    await world.serve();
    expect(world.asked).toHaveLength(2);
    expect(dials(world)).toEqual([0, 61_000]);
  });

  test('counts when it is made, however long the token took', async () => {
    const world = new TokenWorld({ connects: perWindow(1, 10_000), topicsPerConnection: 1 });
    world.delayMs = 3_000;
    world.stream.subscribe(ETH);
    world.stream.start();
    await world.alive(30);
    // The second has its turn 11 s after the first dial, and then waits for its own token.
    expect(dials(world)).toEqual([3_000, 17_000]);
  });

  test('takes its turn again where the token took so long that others may have had it', async () => {
    const world = new TokenWorld({ connects: perWindow(1, 2_000) });
    world.delayMs = 5_000;
    world.stream.start();
    await world.clock.advance(4_999);
    world.delayMs = 0;
    await world.clock.advance(1);
    await world.settle();
    expect(world.asked).toHaveLength(2);
    expect(world.urls()).toEqual(['?token=canary-token-2']);
  });

  test('that is not made for want of a token is not counted', async () => {
    const world = new TokenWorld({ connects: perWindow(1, 60_000) });
    world.status = 503;
    await world.opened();
    world.status = 200;
    await world.clock.advance(2_000);
    await world.serve();
    expect(dials(world)).toHaveLength(1);
    expect(dials(world)[0]).toBeLessThanOrEqual(2_000);
  });

  test('is not made once the exchange has told us to stop, until that is over', async () => {
    const world = new TokenWorld({ connects: perWindow(5, 60_000) });
    world.delayMs = 1_000;
    world.stream.start();
    await world.settle();
    world.stream.platform.budgets.stop('fake', ['connects'], 30_000);
    await world.clock.advance(29_999);
    expect(world.sockets).toHaveLength(0);
    await world.clock.advance(1_001);
    expect(world.urls()).toEqual(['?token=canary-token-2']);
  });

  test.each<[string, (world: TokenWorld) => void, string]>([
    [
      'whoever has the credentials',
      (world) => {
        world.stream.manager('fake').setCredentials(() => new Promise<Credentials>(() => undefined));
      },
      'the credentials did not come within 10000 ms',
    ],
    [
      'the exchange',
      (world) => {
        world.delayMs = undefined;
      },
      'no token could be had (POST /token of fake has not succeeded within 10000 ms)',
    ],
  ])(
    'for which %s never answers is tried again, ever later, and does not hold up a close',
    async (_, hang, words) => {
      const world = new TokenWorld();
      hang(world);
      world.stream.start();
      await world.settle();
      const told = (): readonly [string | undefined, number | undefined] => {
        const [view] = world.stream.connections();
        return [view?.reason, view?.attempts];
      };
      await world.clock.advance(10_000);
      expect(told()).toEqual([`its URL could not be had (${words})`, 1]);
      expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting', failure: { kind: 'url' } });
      await world.clock.advance(1_000);
      expect(told()[0]).toContain('waits for its URL');
      await world.clock.advance(600_000);
      const attempts = told()[1] ?? 0;
      // Nobody would have tried so seldom without waiting, nor so often with ever longer waits.
      expect(attempts).toBeGreaterThan(10);
      expect(attempts).toBeLessThan(45);
      await closed(world);
      expect(world.sockets).toHaveLength(0);
      expect(world.shown()).not.toContain('canary');

      const another = new TokenWorld();
      hang(another);
      another.stream.start();
      await another.settle();
      await closed(another);
    },
  );

  test('whose token comes when nobody wants it any more is not made', async () => {
    const world = new TokenWorld();
    world.delayMs = 2_000;
    world.stream.start();
    await world.settle();
    const disabled = world.stream.manager('fake').disable();
    await world.clock.advance(3_000);
    await disabled;
    expect(world.sockets).toHaveLength(0);
    world.delayMs = 0;
    world.stream.manager('fake').enable();
    await world.alive(2);
    expect(world.urls()).toEqual(['?token=canary-token-2']);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(world.clock.pending).toBe(0);
  });
});

describe('a token of an account', () => {
  const shared = { per: 'account', topicsPerConnection: 1 } as const;
  const open = (world: TokenWorld): (string | undefined)[] =>
    world.sockets.filter(({ closed }) => !closed).map(({ url }) => new URL(url).search);

  async function two(more: ConstructorParameters<typeof TokenWorld>[0] = {}): Promise<TokenWorld> {
    const world = new TokenWorld({ ...shared, ...more });
    world.stream.subscribe(ETH);
    await world.opened();
    await world.alive(1);
    return world;
  }

  test('opens all of its connections to the endpoint, those that are opened together too', async () => {
    const world = await two();
    expect(open(world)).toEqual(['?token=canary-token-1', '?token=canary-token-1']);
    expect(world.asked).toHaveLength(1);
    world.stream.subscribe({ ...TRADES, symbol: 'SOL/USDT' });
    await world.alive(1);
    expect(open(world)).toHaveLength(3);
    expect(world.asked).toHaveLength(1);
  });

  test('is one for each connection where the exchange gives as many', async () => {
    const world = await two({ per: 'connection' });
    expect(open(world)).toEqual(['?token=canary-token-1', '?token=canary-token-2']);
  });

  test('is prolonged once, for all, as long as one of them is open', async () => {
    const world = await two({ prolong: tokenOperation('PUT') });
    await world.alive(100);
    const puts = (): number => world.asked.filter(({ method }) => method === 'PUT').length;
    // Every 30 s.
    expect(puts()).toBe(3);
    world.sockets[0]?.end(1006);
    await world.alive(60);
    expect([puts(), world.asked.length]).toEqual([5, 6]);
    await Promise.all([world.stream.close(), world.clock.advance(10_000)]);
    expect(world.clock.pending).toBe(0);
  });

  test('that expires is replaced by one for all', async () => {
    const world = await two();
    await world.alive(57);
    expect(open(world)).toEqual(['?token=canary-token-2', '?token=canary-token-2']);
    expect(world.asked).toHaveLength(2);
    expect(world.told.slice(world.told.indexOf('live'))).toEqual(['live']);
  });

  test('that one connection has lost is replaced for all', async () => {
    const world = await two();
    world.sockets[0]?.push({ expired: 'canary-token-1 has expired' });
    await world.alive(5);
    expect(open(world)).toEqual(['?token=canary-token-2', '?token=canary-token-2']);
    expect(world.asked).toHaveLength(2);
    expect(world.shown()).not.toContain('canary');
  });

  test('that opens the dial only, and is lost, costs no other connection', async () => {
    const world = await two({ opens: 'dial' });
    world.sockets[0]?.push({ expired: 'canary-token-1 has expired' });
    await world.alive(5);
    expect(open(world)).toEqual(['?token=canary-token-1', '?token=canary-token-2']);
  });

  test('is no token for other credentials', async () => {
    const world = await two();
    world.stream.manager('fake').setCredentials({ key: 'canary-other', secret: 'canary-other-1' });
    await world.alive(5);
    expect(open(world)).toEqual(['?token=canary-token-2', '?token=canary-token-2']);
    expect(world.asked.map(({ headers }) => headers?.['key'])).toEqual([CREDENTIALS.key, 'canary-other']);
    expect(world.shown()).not.toContain('canary');
  });

  test('that is refused fails all of them, and is asked for once', async () => {
    const world = new TokenWorld(shared);
    world.status = 401;
    world.stream.subscribe(ETH);
    await world.opened();
    await world.clock.advance(3_600_000);
    expect(world.asked).toHaveLength(1);
    expect(world.stream.subscriptions()).toMatchObject([
      { state: 'failed', failure: 'auth' },
      { state: 'failed', failure: 'auth' },
    ]);
  });
});
