import type { StatusEvent } from '@exchange-stream/market-data';
import type { Fault } from '@exchange-stream/simulator';
import { measured } from './measured.ts';
import { Shown } from './shown.ts';
import { TradingDesk } from './trading-desk.ts';

// Ten minutes of the exchange's time take their time.
jest.setTimeout(120_000);

const LIFETIME_MS = 60_000;
const MINUTE_MS = 60_000;

/** Private data of lab behind tokens, and everything that is told of it. */
class TokenDesk {
  readonly told: StatusEvent[] = [];
  /** When a token was asked for, and when one was to be prolonged; by the monotonic clock. */
  readonly issues: number[] = [];
  readonly prolongations: number[] = [];
  private readonly since: number;

  private constructor(
    readonly desk: TradingDesk,
    readonly shown: Shown,
  ) {
    const { world } = desk;
    this.since = world.clock.monotonic();
    let isFresh = false;
    world.stream.listen({ exchange: 'lab' }, (event) => {
      if (isFresh && event.type === 'status') this.told.push(event);
    });
    isFresh = true;
    const { tap } = world;
    world.tap = (call) => {
      tap(call);
      if (call.what !== 'rest' || !call.url.endsWith('/api/token')) return;
      (call.text.startsWith('["PUT"') ? this.prolongations : this.issues).push(world.clock.monotonic());
    };
  }

  static async open(seed: number, entry: 'token' | 'listen'): Promise<TokenDesk> {
    let shown: Shown | undefined;
    const desk = await TradingDesk.open(
      {
        seed,
        dialects: { entry },
        entry: { tokenLifetimeMs: LIFETIME_MS },
        transportLog: (entry_) => shown?.note(entry_),
      },
      (world) => (shown = new Shown(world)),
    );
    return new TokenDesk(desk, shown!);
  }

  get world(): TradingDesk['world'] {
    return this.desk.world;
  }

  /** What was told of the orders, `stale: why`. */
  get statuses(): string[] {
    return this.told
      .filter(({ nativeSymbol }) => nativeSymbol === 'orders')
      .map(({ state, reason }) => `${state}: ${reason}`);
  }

  /** Milliseconds from the beginning to the first status that says so. */
  get elapsedMs(): number {
    return this.world.clock.monotonic() - this.since;
  }

  /** Lets time pass until orders are live, at most so long. Returns how long it took. */
  async back(withinMs: number): Promise<number> {
    const from = this.world.clock.monotonic();
    const isBack = (): boolean =>
      this.world.view('orders').data === 'live' && this.desk.trading.view()?.state === 'open';
    while (!isBack() && this.world.clock.monotonic() - from < withinMs) await this.world.clock.advance(100);
    expect(this.world.view('orders')).toMatchObject({ state: 'subscribed', data: 'live' });
    return this.world.clock.monotonic() - from;
  }

  async close(tolerated: readonly string[] = []): Promise<void> {
    await this.world.recover(MINUTE_MS);
    await this.world.expectTruth(tolerated);
    await this.shown.expectNoSecret();
    await this.desk.close();
  }
}

describe('faults of tokens', () => {
  test.each([
    { entry: 'token', outcome: 'prolonged' },
    { entry: 'listen', outcome: 'outlived' },
  ] as const)(
    'case 34: a token ($entry) is $outcome; nobody notices that it expires',
    async ({ entry, outcome }) => {
      const desk = await TokenDesk.open(34, entry);
      const sockets = desk.shown.tokens.size;
      await desk.world.clock.advance(5 * MINUTE_MS);
      expect(desk.statuses).toEqual([]);
      expect(desk.shown.tokens.size).toBe(sockets);
      expect(desk.issues).toEqual([]);
      const { prolongations } = desk;
      if (entry === 'token') {
        // Of two connections, each after half of the time that is left.
        expect(prolongations.length).toBeGreaterThanOrEqual(18);
        expect(prolongations.length).toBeLessThanOrEqual(22);
      } else expect(prolongations).toEqual([]);
      // The next dial needs a token that holds.
      desk.world.exchange.disconnectAll(1012);
      await desk.world.clock.advance(10);
      const backMs = await desk.back(MINUTE_MS);
      expect(desk.issues).toHaveLength(2);
      await desk.close();
      measured({
        case: 34,
        fault: `5 min with tokens of 60 s (${entry}), then every socket lost`,
        backMs,
        outcome: `${outcome} (${prolongations.length} prolongations of two), nothing stale; a fresh token for each dial; no secret shown`,
      });
    },
  );

  test.each<[string, Fault]>([
    ['is refused for good', { type: 'rest-status', status: 404, path: '/api/token', method: 'PUT' }],
    ['fails on and on', { type: 'rest-status', status: 503, path: '/api/token', method: 'PUT' }],
    ['is not answered in time', { type: 'rest-slow', delayMs: 50_000, path: '/api/token', method: 'PUT' }],
  ])(
    'case 34: a prolongation that %s: another token takes over before the old one ends',
    async (what, fault) => {
      const desk = await TokenDesk.open(34, 'token');
      const injected = desk.world.exchange.faults.inject(fault);
      await desk.world.clock.advance(5 * MINUTE_MS);
      expect(injected.hits).toBeGreaterThan(2);
      expect(desk.statuses).toEqual([]);
      // Two connections, and each token lasts for most of its minute.
      expect(desk.issues.length).toBeLessThanOrEqual(24);
      injected.clear();
      await desk.world.clock.advance(2 * MINUTE_MS);
      expect(desk.statuses).toEqual([]);
      await desk.close();
      measured({
        case: 34,
        fault: `the prolongation ${what}, for 5 min`,
        outcome: `${desk.issues.length} fresh tokens for two places, each with a connection that took over in time; nothing stale; no secret shown`,
      });
    },
  );

  test('case 34: no token is to be had at all: told when the last one ends, asked for within the backoff, back when it is', async () => {
    const desk = await TokenDesk.open(34, 'token');
    const injected = desk.world.exchange.faults.inject({
      type: 'rest-status',
      status: 503,
      path: '/api/token',
    });
    await desk.world.clock.advance(5 * MINUTE_MS);
    const [lost] = desk.statuses;
    expect(lost).toContain('stale: ');
    expect(lost).toContain('token');
    expect(desk.world.view('orders')).toMatchObject({ state: 'resubscribing', data: 'stale' });
    expect(desk.issues.length).toBeGreaterThan(10);
    expect(desk.issues.length).toBeLessThan(100);
    // Nobody else has noticed.
    expect(desk.told.filter(({ nativeSymbol }) => nativeSymbol !== 'orders')).toEqual([]);
    injected.clear();
    const backMs = await desk.back(MINUTE_MS);
    await desk.close();
    measured({
      case: 34,
      fault: 'no token for 5 min, neither fresh nor prolonged',
      backMs,
      outcome: `told ("${lost}"), ${desk.issues.length} requests for two places, then live; public data untouched; no secret shown`,
    });
  });

  test('case 34: a token that is revoked in mid-stream is told with its reason, and a fresh one brings all back', async () => {
    const desk = await TokenDesk.open(34, 'token');
    await desk.world.clock.advance(10_000);
    const from = desk.elapsedMs;
    desk.world.exchange.revokeTokens();
    while (desk.statuses.length === 0) await desk.world.clock.advance(1);
    const detectedMs = desk.elapsedMs - from;
    const [lost] = desk.statuses;
    expect(lost).toContain('token expired');
    const backMs = await desk.back(MINUTE_MS);
    expect(desk.issues.length).toBeGreaterThanOrEqual(2);
    await desk.close();
    measured({
      case: 34,
      fault: 'every token revoked in mid-stream',
      detectedMs,
      backMs,
      outcome: `told ("${lost}"), a fresh token each, live; no secret shown`,
    });
  });

  test('case 34: an exchange that quotes what it was sent makes none of it seen', async () => {
    const desk = await TokenDesk.open(34, 'token');
    const { world, shown } = desk;
    for (const [path, token] of shown.newest) {
      const { id } = [...world.exchange.connections].find((connection) => connection.path === path)!;
      const reason = `lab-key, ${token} and lab-secret are of no use`;
      world.exchange.faults.inject({ type: 'close', code: 4001, connectionId: id, reason });
    }
    await world.clock.advance(100);
    expect(desk.statuses[0]).toBe(
      'stale: closed by the exchange (code 4001: [redacted], [redacted] and [redacted] are of no use)',
    );
    const backMs = await desk.back(MINUTE_MS);
    await desk.close();
    measured({
      case: 34,
      fault: 'closes that quote key, token and secret',
      backMs,
      outcome: `told ("${desk.statuses[0]}"); no secret shown`,
    });
  });

  test('case 34: an exchange whose clock jumps ends every token at once: fresh ones are fetched', async () => {
    const desk = await TokenDesk.open(34, 'token');
    const from = desk.elapsedMs;
    const fault = desk.world.exchange.faults.inject({ type: 'clock-off', offsetMs: 10 * MINUTE_MS });
    while (desk.statuses.length === 0) await desk.world.clock.advance(1);
    const detectedMs = desk.elapsedMs - from;
    const backMs = await desk.back(MINUTE_MS);
    const statuses = desk.statuses.length;
    // Ours says nothing about tokens, as they are counted by the monotonic one.
    for (const byMs of [10 * MINUTE_MS, -20 * MINUTE_MS, 10 * MINUTE_MS]) {
      desk.world.ownClock.aheadMs += byMs;
      await desk.world.clock.advance(1.5 * MINUTE_MS);
    }
    expect(desk.statuses).toHaveLength(statuses);
    fault.clear();
    await desk.world.clock.advance(1.5 * MINUTE_MS);
    expect(desk.statuses).toHaveLength(statuses);
    await desk.close();
    measured({
      case: 32,
      fault: 'exchange clock +10 min, tokens of 60 s; then ours by ±10 min',
      detectedMs,
      backMs,
      outcome:
        'all tokens end at once, fresh ones are fetched; ours changes nothing, tokens are renewed in time',
    });
  });

  test('case 34: a key that is withdrawn in mid-stream is told as such and not tried in a loop; another one heals it', async () => {
    const desk = await TokenDesk.open(34, 'token');
    const { world } = desk;
    const from = desk.elapsedMs;
    world.exchange.withdrawKey('lab-key');
    while (desk.statuses.length === 0) await world.clock.advance(1);
    const detectedMs = desk.elapsedMs - from;
    await world.clock.advance(10 * MINUTE_MS);
    expect(world.view('orders')).toMatchObject({ state: 'failed', failure: 'auth' });
    expect(world.stream.canUseAuthenticated('lab')).toMatchObject({ canUse: false, state: 'rejected' });
    const asked = desk.issues.length;
    expect(asked).toBeLessThanOrEqual(2);
    world.stream.manager('lab').setCredentials({ key: 'lab-key-2', secret: 'lab-secret-2' });
    const backMs = await desk.back(MINUTE_MS);
    await desk.close();
    measured({
      case: 34,
      fault: 'the key withdrawn in mid-stream, for 10 min',
      detectedMs,
      backMs,
      outcome: `told ("${desk.statuses[0]}"), ${asked} requests for a token in 10 min, rejected; another key heals it; no secret shown`,
    });
  });
});
