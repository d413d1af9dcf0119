import { LagWatch } from './lag-watch.ts';

describe('how late rows arrive', () => {
  const SKEW = -600_000;
  let watch: LagWatch;
  let received: number;
  let now: number;

  beforeEach(() => {
    received = now = 0;
    watch = new LagWatch(5_000, SKEW + 20, now);
  });

  /** A second passes, and a row comes that was so long on its way. */
  const row = (lagMs: number, skewMs = SKEW): boolean => {
    watch.look(++received, skewMs + lagMs, (now += 1_000));
    return watch.isLate;
  };
  /** The line becomes slower, as fast as it can: nothing arrives any more that is younger. */
  const slowDown = (toMs: number): void => {
    for (let lagMs = 1_000; lagMs <= toMs; lagMs += 1_000) row(lagMs);
  };

  test('is the rise over the least that was seen, whatever the clocks say', () => {
    slowDown(5_000);
    expect(watch.isLate).toBe(false);
    expect([row(6_000), row(7_000), row(8_000)]).toEqual([false, false, true]);
    // Less what the clocks may have drifted meanwhile.
    expect(watch.lateMs).toBeGreaterThan(7_970);
  });

  test('is in time again when it is well below the bound', () => {
    slowDown(9_000);
    expect([row(4_000), row(2_000)]).toEqual([true, false]);
  });

  test('a moment does not count', () => {
    slowDown(7_000);
    expect([row(100), row(1_000)]).toEqual([false, false]);
    slowDown(7_000);
    expect(watch.isLate).toBe(false);
  });

  test('without a new row nothing is judged', () => {
    slowDown(7_000);
    for (let round = 0; round < 10; round++) watch.look(received, SKEW + 7_000, (now += 1_000));
    expect(watch.isLate).toBe(false);
  });

  test.each([600_000, -600_000])('a clock that is set by %d ms is no delay', (stepMs) => {
    row(20);
    for (let round = 0; round < 10; round++) expect(row(20, SKEW + stepMs)).toBe(false);
    const late = [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000, 8_000].map((lagMs) =>
      row(lagMs, SKEW + stepMs),
    );
    expect(late.at(-1)).toBe(true);
  });

  test('clocks that drift apart are no delay', () => {
    for (let hour = 0; hour < 240; hour++) {
      watch.look(++received, SKEW + 20 + hour * 180, (now += 3_600_000));
      expect(watch.isLate).toBe(false);
    }
  });
});
