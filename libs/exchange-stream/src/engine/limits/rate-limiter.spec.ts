import { VirtualClock } from '@exchange-stream/market-data';
import fc from 'fast-check';
import { RateLimiter } from './rate-limiter.ts';

describe('a rate limiter', () => {
  test('grants at once what fits, and the rest as the window moves on', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(2, 1_000, clock);
    const granted: number[] = [];
    for (let index = 0; index < 5; index++) limiter.request(1, () => granted.push(clock.monotonic()));
    expect(granted).toEqual([0, 0]);
    await clock.advance(5_000);
    expect(granted).toEqual([0, 0, 1_000, 1_000, 2_000]);
    expect(clock.pending).toBe(0);
  });

  test('no window of its length ever holds more than the limit, and everybody is served in turn', async () => {
    const request = fc.record({
      atMs: fc.integer({ min: 0, max: 3_000 }),
      weight: fc.integer({ min: 1, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 40 }), async (requests) => {
        const clock = new VirtualClock();
        const limiter = new RateLimiter(5, 700, clock);
        const grants: { at: number; weight: number; order: number }[] = [];
        const sorted = [...requests].sort((a, b) => a.atMs - b.atMs);
        sorted.forEach(({ atMs, weight }, order) => {
          clock.after(atMs, () =>
            limiter.request(weight, () => grants.push({ at: clock.monotonic(), weight, order })),
          );
        });
        await clock.advance(60_000);
        expect(grants.map(({ order }) => order)).toEqual(sorted.map((_, order) => order));
        for (const { at } of grants) {
          const inWindow = grants.filter((grant) => grant.at > at - 700 && grant.at <= at);
          expect(inWindow.reduce((sum, { weight }) => sum + weight, 0)).toBeLessThanOrEqual(5);
        }
        expect(clock.pending).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test('a request that gives up leaves its place to the next', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(1, 1_000, clock);
    const granted: string[] = [];
    limiter.request(1, () => granted.push('first'));
    const giveUp = limiter.request(1, () => granted.push('second'));
    limiter.request(1, () => granted.push('third'));
    giveUp();
    await clock.advance(1_000);
    expect(granted).toEqual(['first', 'third']);
  });

  test('stops for everybody while the exchange wants it', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(10, 1_000, clock);
    limiter.block(3_000);
    let grantedAt = -1;
    limiter.request(1, () => (grantedAt = clock.monotonic()));
    await clock.advance(10_000);
    expect(grantedAt).toBe(3_000);
  });

  test('a grant may ask again', async () => {
    const clock = new VirtualClock();
    const limiter = new RateLimiter(1, 100, clock);
    const granted: number[] = [];
    const ask = (): void => {
      limiter.request(1, () => {
        granted.push(clock.monotonic());
        if (granted.length < 3) ask();
      });
    };
    ask();
    await clock.advance(1_000);
    expect(granted).toEqual([0, 100, 200]);
    expect(clock.pending).toBe(0);
  });
});
