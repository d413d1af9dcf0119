import { VirtualClock } from '@exchange-stream/market-data';
import type { Subscription } from '../subscription/subscription.ts';
import { LagMonitor } from './lag-monitor.ts';

/** One subscription to an exchange whose clock, like ours, can be set, and is known as of when it was last asked. */
class World {
  readonly time = new VirtualClock();
  ownAheadMs = 0;
  exchangeAheadMs = 0;
  asked = 0;
  readonly told: string[] = [];
  readonly monitor: LagMonitor;
  private knownAheadMs = 0;
  private readonly flow = {
    received: 0,
    lagMs: undefined as number | undefined,
    presence: {
      isLate: false,
      fellBehind: (reason: string) => {
        this.flow.presence.isLate = true;
        this.told.push(reason);
      },
    },
  };

  constructor(private readonly answers = true) {
    const clock = {
      now: () => this.time.now() + this.ownAheadMs,
      monotonic: () => this.time.monotonic(),
      after: (delayMs: number, task: () => void) => this.time.after(delayMs, task),
    };
    const exchange = {
      steadyNow: () => this.time.now() + this.knownAheadMs,
      refresh: () => {
        this.asked++;
        if (this.answers) this.knownAheadMs = this.exchangeAheadMs;
        return Promise.resolve(this.answers);
      },
    };
    const subscription = { state: 'subscribed', flow: this.flow } as unknown as Subscription;
    this.monitor = new LagMonitor(
      clock,
      exchange,
      5_000,
      () => [subscription],
      (_, reason) => {
        this.flow.presence.isLate = false;
        this.told.push(reason);
      },
    );
    this.monitor.start();
  }

  /** A row comes that is so old. */
  row(ageMs = 5): void {
    this.flow.received++;
    this.flow.lagMs = this.time.now() + this.ownAheadMs - (this.time.now() + this.exchangeAheadMs - ageMs);
  }

  /** A row every so often, for a while. */
  async rows(everyMs: number, count: number, ageMs?: number): Promise<void> {
    for (let row = 0; row < count; row++) {
      this.row(ageMs);
      await this.time.advance(everyMs);
    }
  }

  measure(): void {
    this.knownAheadMs = this.exchangeAheadMs;
  }
}

describe('late data', () => {
  test('is found, and told when it is in time again', async () => {
    const world = new World();
    await world.rows(1_000, 10);
    for (let second = 0; second < 10; second++) await world.rows(1_000, 1, second * 1_000);
    expect(world.told).toEqual(['data arrives 8.0 s late']);
    await world.rows(1_000, 5);
    expect(world.told).toEqual(['data arrives 8.0 s late', 'data arrives in time again']);
    // Once for all of it.
    expect(world.asked).toBe(1);
    world.monitor.stop();
    expect(world.time.pending).toBe(0);
  });

  test.each([30_000, -30_000])(
    'is none where our clock is set by %d ms, between a row and the look at it, in a quiet market',
    async (setMs) => {
      const world = new World();
      await world.rows(60_000, 5);
      world.row();
      await world.time.advance(300);
      world.ownAheadMs += setMs;
      await world.time.advance(60_000);
      await world.rows(60_000, 5);
      await world.rows(1_000, 10);
      expect(world.told).toEqual([]);
      expect(world.asked).toBe(0);
      world.monitor.stop();
    },
  );

  test.each([30_000, -30_000])(
    'is none where the exchange sets its clock by %d ms, however late it is asked',
    async (setMs) => {
      const world = new World();
      await world.rows(60_000, 5);
      world.exchangeAheadMs += setMs;
      await world.rows(60_000, 1);
      world.measure();
      await world.rows(60_000, 5);
      await world.rows(1_000, 10);
      expect(world.told).toEqual([]);
      world.monitor.stop();
    },
  );

  test('is told for as long as an exchange that set its clock does not tell its time', async () => {
    const world = new World(false);
    await world.rows(60_000, 5);
    world.exchangeAheadMs -= 30_000;
    await world.rows(60_000, 5);
    expect(world.told).toEqual(['data arrives 30.0 s late']);
    // At most once in a minute.
    expect(world.asked).toBe(5);
    world.measure();
    await world.rows(60_000, 1);
    expect(world.told.at(-1)).toBe('data arrives in time again');
    world.monitor.stop();
  });
});
