import { VirtualClock } from '@exchange-stream/market-data';
import type { BookBreak } from './book-break.ts';
import { ResyncPace } from './resync-pace.ts';

const GAP: BookBreak = { kind: 'gap', reason: 'an update is missing' };
const CHECKSUM: BookBreak = { kind: 'checksum', reason: 'they differ' };

function pace(): { clock: VirtualClock; pace: ResyncPace } {
  const clock = new VirtualClock();
  return { clock, pace: new ResyncPace(clock, { next: () => 1 }) };
}

describe('a book that breaks', () => {
  test('is built anew at once where it has held', () => {
    expect(pace().pace.next(0, GAP)).toEqual({ waitMs: 0, elsewhere: false });
  });

  test('waits ever longer while none holds', async () => {
    const { clock, pace: each } = pace();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      const { waitMs } = each.next(attempt, GAP);
      waits.push(waitMs);
      await clock.advance(waitMs);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test('breaks as if for the first time after some minutes, however few its updates were', async () => {
    const { clock, pace: each } = pace();
    each.next(4, GAP);
    await clock.advance(60_000);
    expect(each.next(5, GAP).waitMs).toBe(8_000);
    await clock.advance(6 * 60_000);
    expect(each.next(6, GAP).waitMs).toBe(0);
  });

  test('is built anew ten times a minute at most, however well it holds in between', async () => {
    const { clock, pace: each } = pace();
    const built: number[] = [];
    const startedAt = clock.monotonic();
    let delayed = 0;
    while (clock.monotonic() - startedAt < 10 * 60_000) {
      const { waitMs, tooMany } = each.next(0, GAP);
      if (tooMany !== undefined) {
        expect(tooMany).toBe(10);
        delayed++;
      }
      await clock.advance(waitMs);
      built.push(clock.monotonic() - startedAt);
      await clock.advance(1_000);
    }
    expect(delayed).toBeGreaterThan(5);
    for (const time of built)
      expect(built.filter((other) => other >= time && other - time < 60_000).length).toBeLessThanOrEqual(10);
    expect(built.length).toBeGreaterThan(90);
  });

  test('has to come from elsewhere after three bad checksums within a minute, and no sooner', async () => {
    const { clock, pace: each } = pace();
    const elsewhere = (broken: BookBreak): boolean => each.next(0, broken).elsewhere;
    expect([elsewhere(CHECKSUM), elsewhere(CHECKSUM), elsewhere(GAP)]).toEqual([false, false, false]);
    await clock.advance(61_000);
    expect([elsewhere(CHECKSUM), elsewhere(CHECKSUM), elsewhere(CHECKSUM)]).toEqual([false, false, true]);
    expect(elsewhere(CHECKSUM)).toBe(false);
  });
});
