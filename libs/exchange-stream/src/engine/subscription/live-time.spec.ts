import { VirtualClock } from '@exchange-stream/market-data';
import { LiveTime } from './live-time.ts';

const MINUTE_MS = 60_000;

describe('LiveTime', () => {
  let clock: VirtualClock;
  let time: LiveTime;

  beforeEach(() => {
    clock = new VirtualClock();
    time = new LiveTime(clock);
  });

  it('has no share before any time has passed', () => {
    expect(time.view()).toEqual({ wantedMs: 0, liveMs: 0, haltedMs: 0 });
  });

  it('counts live time by wanted time, and leaves out what was halted', async () => {
    await clock.advance(1_000);
    time.enter('live');
    await clock.advance(6_000);
    time.enter('gap');
    time.enter('stale');
    await clock.advance(1_000);
    time.enter('halted');
    await clock.advance(10_000);
    expect(time.view()).toEqual({
      wantedMs: 18_000,
      liveMs: 6_000,
      haltedMs: 10_000,
      liveShare: 0.75,
      liveShareLastHour: 0.75,
    });
  });

  it('forgets for the last hour what was before it, however long nothing happened', async () => {
    await clock.advance(30 * MINUTE_MS);
    time.enter('live');
    await clock.advance(30 * MINUTE_MS);
    expect(time.view().liveShareLastHour).toBeCloseTo(30 / 55);
    await clock.advance(25 * MINUTE_MS);
    expect(time.view().liveShareLastHour).toBe(1);
    time.enter('stale');
    await clock.advance(11 * 60 * MINUTE_MS + 2 * MINUTE_MS);
    time.enter('live');
    await clock.advance(12 * MINUTE_MS);
    const { liveShareLastHour = 0, liveShare = 0, wantedMs } = time.view();
    expect(liveShareLastHour).toBeGreaterThanOrEqual(12 / 60);
    expect(liveShareLastHour).toBeLessThanOrEqual(12 / 55);
    expect(liveShare).toBeCloseTo((55 + 12) / (30 + 55 + 662 + 12));
    expect(wantedMs).toBe((30 + 55 + 662 + 12) * MINUTE_MS);
  });

  it('counts no time in which the exchange was disabled, whatever the state of the data, and ages all the same', async () => {
    time.enter('live');
    await clock.advance(15 * MINUTE_MS);
    time.suspend();
    time.enter('stale');
    await clock.advance(10 * MINUTE_MS);
    expect(time.view()).toMatchObject({ wantedMs: 15 * MINUTE_MS, liveShare: 1, liveShareLastHour: 1 });
    time.enter('halted');
    await clock.advance(10 * MINUTE_MS);
    time.enter('stale');
    time.resume();
    await clock.advance(5 * MINUTE_MS);
    expect(time.view()).toMatchObject({
      wantedMs: 20 * MINUTE_MS,
      liveMs: 15 * MINUTE_MS,
      haltedMs: 0,
      liveShare: 0.75,
      liveShareLastHour: 0.75,
    });
    time.suspend();
    await clock.advance(600 * MINUTE_MS);
    expect(time.view()).toMatchObject({ wantedMs: 20 * MINUTE_MS, liveShare: 0.75 });
    expect(time.view().liveShareLastHour).toBeUndefined();
    time.end();
    expect(time.view().wantedMs).toBe(20 * MINUTE_MS);
  });

  it('stands still when nobody wants it any more, and starts no timer', async () => {
    time.enter('live');
    await clock.advance(1_000);
    time.end();
    time.enter('stale');
    await clock.advance(1_000);
    expect(time.view()).toMatchObject({ wantedMs: 1_000, liveMs: 1_000, liveShare: 1 });
    expect(clock.pending).toBe(0);
  });
});
