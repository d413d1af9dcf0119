import { Backoff } from './backoff.ts';

describe('backoff', () => {
  test('doubles its bound up to the cap and begins anew after a reset', () => {
    const backoff = new Backoff(500, 3_000, { next: () => 0.999 });
    const waits = [1, 2, 3, 4, 5].map(() => Math.round(backoff.next()));
    expect(waits).toEqual([500, 999, 1998, 2997, 2997]);
    backoff.reset();
    expect(Math.round(backoff.next())).toBe(500);
  });

  test('draws from the whole range down to zero', () => {
    const backoff = new Backoff(500, 3_000, { next: () => 0 });
    expect(backoff.next()).toBe(0);
  });

  test('keeps its spread on top of a wait that has to be', () => {
    const draws = [0, 0.5, 0.999];
    const waits = draws.map((draw) => new Backoff(500, 3_000, { next: () => draw }).next(10_000));
    expect(waits.map(Math.round)).toEqual([10_000, 10_250, 10_500]);
  });

  test('stays at the cap after any number of attempts', () => {
    const backoff = new Backoff(500, 30_000, { next: () => 0.5 });
    for (let attempt = 0; attempt < 5_000; attempt++) expect(backoff.next()).toBeLessThanOrEqual(15_000);
  });
});
