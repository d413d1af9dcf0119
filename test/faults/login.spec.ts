import { measured } from './measured.ts';
import { TradingDesk } from './trading-desk.ts';

// Half an hour of the exchange's time takes its time.
jest.setTimeout(120_000);

const HALF_HOUR_MS = 30 * 60_000;
const CREDENTIALS = { key: 'lab-key', secret: 'lab-secret' };

/** How often connections to places that want a login were dialled, from a moment on. */
function countDials({ world }: TradingDesk): () => number {
  let dials = 0;
  world.stream.onLifecycle((event) => {
    if (event.type !== 'connection' || event.connection.state !== 'connecting') return;
    if (event.connection.exchange === 'lab' && event.connection.account !== undefined) dials++;
  });
  return () => dials;
}

describe('faults of logins', () => {
  test('a login that is rejected for good is not tried in a loop, and told; other credentials heal it', async () => {
    const desk = await TradingDesk.open({ seed: 45 });
    const { world } = desk;
    const manager = world.stream.manager('lab');
    const dials = countDials(desk);
    const refused = world.exchange.faults.inject({ type: 'refuse-logins' });
    const beganAt = world.clock.monotonic();
    let toldMs = Infinity;
    world.stream.onLifecycle((event) => {
      if (event.type === 'account' && event.account.state === 'rejected')
        toldMs = Math.min(toldMs, world.clock.monotonic() - beganAt);
    });
    world.exchange.disconnectAll(1012);
    await world.clock.advance(HALF_HOUR_MS);

    // One of each place at most: they may have been under way together.
    expect(refused.hits).toBeLessThanOrEqual(2);
    expect(dials()).toBeLessThanOrEqual(2);
    const view = world.view('orders');
    expect(view).toMatchObject({ state: 'failed', failure: 'auth', data: 'stale' });
    const use = world.stream.canUseAuthenticated('lab');
    expect(use).toMatchObject({ canUse: false, state: 'rejected' });
    expect(desk.trading.view()).toBeUndefined();
    await expect(desk.place().reply).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    // What needs no login has long been back.
    expect(world.awaited().filter(({ topic }) => topic !== 'orders')).toEqual([]);

    // Those who ask for it anew are told at once, and nobody dials for them.
    const another = world.stream.subscribe({ exchange: 'lab', channel: 'raw', symbol: 'balances' });
    await world.clock.advance(60_000);
    expect(another.view()).toMatchObject({ state: 'failed', failure: 'auth' });
    expect(dials()).toBeLessThanOrEqual(2);
    await another.unsubscribe();
    const tried = dials();

    refused.clear();
    const healedAt = world.clock.monotonic();
    manager.setCredentials(CREDENTIALS);
    while (world.view('orders').data !== 'live' && world.clock.monotonic() - healedAt < 60_000)
      await world.clock.advance(100);
    const backMs = world.clock.monotonic() - healedAt;
    expect(world.view('orders')).toMatchObject({ state: 'subscribed', data: 'live' });
    const order = desk.place();
    await world.clock.advance(1_000);
    expect(await order.reply).toHaveLength(1);
    await world.expectTruth();
    await desk.close();
    measured({
      case: 'login rejected',
      fault: 'for good, on every connection, for 30 min',
      detectedMs: toldMs,
      backMs,
      outcome: `${tried} dials in 30 min; failed (auth), ${use.reason}; public data live; setCredentials heals it`,
    });
  });

  test('a login that is refused for now is tried again, ever later, and the credentials stay good', async () => {
    const desk = await TradingDesk.open({ seed: 46 });
    const { world } = desk;
    const dials = countDials(desk);
    const refused = world.exchange.faults.inject({ type: 'refuse-logins', temporary: true });
    world.exchange.disconnectAll(1012);
    await world.clock.advance(10 * 60_000);
    expect(world.stream.canUseAuthenticated('lab')).toMatchObject({ canUse: true });
    const tried = dials();
    // Two connections, and a backoff that grows to half a minute and is half of that in the mean.
    expect(tried).toBeGreaterThan(20);
    expect(tried).toBeLessThan(120);
    refused.clear();
    const backAt = world.clock.monotonic();
    while (world.view('orders').data !== 'live' && world.clock.monotonic() - backAt < 120_000)
      await world.clock.advance(100);
    const backMs = world.clock.monotonic() - backAt;
    await world.clock.advance(60_000);
    await world.expectTruth();
    await desk.close();
    measured({
      case: 'login rejected',
      fault: 'for now, for 10 min',
      backMs,
      outcome: `${tried} dials of two connections in 10 min, within the backoff; credentials not given up`,
    });
  });
});
