import { CREDENTIALS, forAnybody, TokenWorld, tokenOperation, TRADES } from './token-world.ts';

describe('a token', () => {
  test('is asked for with the time of the exchange, where it tells that', async () => {
    const world = new TokenWorld();
    await world.opened();
    expect(world.asked[0]?.headers?.time).toBe(String(world.clock.now() - 7_000));
  });

  test('is fetched before each dial, with the credentials of the account, and shown nowhere', async () => {
    const world = new TokenWorld();
    await world.opened();
    expect(world.urls()).toEqual(['?token=canary-token-1']);
    expect(world.asked[0]?.headers).toMatchObject({ key: CREDENTIALS.key });
    expect(world.stream.canUseAuthenticated('fake')).toMatchObject({ state: 'authenticated' });
    world.socket.handlers.onClose(4001, `canary-token-1 is gone`);
    await world.clock.advance(1_100);
    await world.serve();
    expect(world.urls()).toEqual(['?token=canary-token-1', '?token=canary-token-2']);
    expect(world.shown()).not.toContain('canary');
  });

  test('that ends its connection is replaced before, by a connection with a fresh one', async () => {
    const world = new TokenWorld();
    await world.opened();
    await world.alive(58);
    expect(world.urls()).toEqual(['?token=canary-token-1', '?token=canary-token-2']);
    expect(world.sockets.map(({ closed }) => closed)).toEqual([true, false]);
    expect(world.told.slice(world.told.indexOf('live'))).toEqual(['live']);
  });

  test('is prolonged where the exchange does that, and its connection stays', async () => {
    const world = new TokenWorld({ prolong: tokenOperation('PUT') });
    await world.opened();
    await world.alive(300);
    expect(world.sockets).toHaveLength(1);
    const puts = world.asked.filter(({ method }) => method === 'PUT');
    expect(puts.length).toBeGreaterThan(8);
    expect(puts[0]?.url).toContain('token=canary-token-1');
    // A refusal of the prolongation: the token is lost, and another connection takes over.
    world.status = 400;
    await world.alive(31);
    world.status = 200;
    await world.alive(60);
    expect(world.urls().at(-1)).not.toBe('?token=canary-token-1');
    expect(world.shown()).not.toContain('canary');
  });

  test('that cannot be prolonged for now is replaced in time, and not asked for in a loop', async () => {
    const world = new TokenWorld({ prolong: tokenOperation('PUT') });
    await world.opened();
    const { respond } = world;
    world.respond = (request) =>
      request.method === 'PUT' ? Promise.resolve({ status: 503, headers: {}, body: '' }) : respond(request);
    await world.alive(58);
    expect(world.urls()).toEqual(['?token=canary-token-1', '?token=canary-token-2']);
    expect(world.told.slice(world.told.indexOf('live'))).toEqual(['live']);
  });

  test('that opens the dial only is let expire', async () => {
    const world = new TokenWorld({ opens: 'dial' });
    await world.opened();
    await world.alive(120);
    expect([world.sockets.length, world.asked.length]).toEqual([1, 1]);
  });

  test('expired in mid-stream: consumers are told, and a fresh one is fetched at once', async () => {
    const world = new TokenWorld({ opens: 'dial' });
    await world.opened();
    await world.alive(1);
    world.socket.push({ expired: 'canary-token-1 has expired' });
    expect(world.told.at(-1)).toBe('stale');
    await world.alive(5);
    expect(world.urls()).toEqual(['?token=canary-token-1', '?token=canary-token-2']);
    expect(world.told.at(-1)).toBe('live');
    expect(world.shown()).not.toContain('canary');
  });

  test('that cannot be had for now is asked for again', async () => {
    const world = new TokenWorld();
    world.status = 503;
    await world.opened();
    expect(world.stream.connections()[0]).toMatchObject({ state: 'waiting', failure: { kind: 'url' } });
    expect(world.stream.connections()[0]?.reason).toContain('no token could be had (');
    world.status = 200;
    await world.alive(5);
    expect(world.sockets).toHaveLength(1);
    expect(world.shown()).not.toContain('canary');
  });

  test('that was refused is not asked for again with the same credentials, whoever has them', async () => {
    const world = new TokenWorld({}, () => ({ ...CREDENTIALS }));
    world.status = 401;
    await world.opened();
    expect(world.asked).toHaveLength(1);
    world.stream.subscribe({ ...TRADES, symbol: 'ETH/USDT' });
    await world.alive(30);
    expect(world.asked).toHaveLength(1);
    expect(world.sockets).toHaveLength(0);
  });

  test('that is refused to our credentials is not asked for in a loop', async () => {
    const world = new TokenWorld();
    world.status = 401;
    await world.opened();
    await world.clock.advance(3_600_000);
    expect(world.asked).toHaveLength(1);
    expect(world.stream.subscriptions()[0]).toMatchObject({ state: 'failed', failure: 'auth' });
    expect(world.stream.canUseAuthenticated('fake')).toMatchObject({ canUse: false, state: 'rejected' });
    expect(world.shown()).not.toContain('canary');
    world.status = 200;
    world.stream.manager('fake').setCredentials(CREDENTIALS);
    await world.alive(5);
    expect(world.stream.subscriptions()[0]).toMatchObject({ state: 'subscribed' });
  });

  test('of which anybody gets one needs no credentials; close leaves nothing', async () => {
    const world = new TokenWorld({ issue: forAnybody });
    await world.opened();
    expect(world.asked).toHaveLength(1);
    expect(world.stream.connections()[0]).not.toHaveProperty('account');
    const closing = world.stream.close();
    await world.clock.advance(10_000);
    await closing;
    expect(world.clock.pending).toBe(0);
  });
});
