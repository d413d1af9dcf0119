import { VirtualClock } from '@exchange-stream/market-data';
import { StreamBookSeeder } from './stream-book-seeder.ts';

function seeder() {
  const clock = new VirtualClock();
  const renewed: { atMs: number; reason: string }[] = [];
  const state = { isAwaited: true };
  const seeder = new StreamBookSeeder({ clock, random: { next: () => 1 } } as never);
  const startedAt = clock.now();
  const request = (attempt: number, broken?: string) =>
    seeder.request({
      attempt,
      broken,
      isAwaited: () => state.isAwaited,
      renew: (reason) => renewed.push({ atMs: clock.now() - startedAt, reason }),
    });
  return { clock, renewed, state, request };
}

describe('a book whose snapshot comes with its subscription', () => {
  test('is asked for at once when it breaks after having held', async () => {
    const { clock, renewed, request } = seeder();
    request(0, 'an update is missing');
    expect(renewed).toEqual([]);
    await clock.advance(0);
    expect(renewed).toEqual([{ atMs: 0, reason: 'an update is missing' }]);
  });

  test('is asked for ever more slowly while it does not hold', async () => {
    const { clock, renewed, request } = seeder();
    const waits: number[] = [];
    for (let attempt = 1; attempt <= 8; attempt++) {
      const before = clock.now();
      const seed = request(attempt, 'an update is missing');
      while (renewed.length < attempt) await clock.advance(100);
      waits.push(clock.now() - before);
      seed.cancel();
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(clock.pending).toBe(0);
  });

  test('has a while to come by itself, and is then asked for at growing intervals', async () => {
    const { clock, renewed, request } = seeder();
    request(0).cancel();
    const seed = request(0);
    await clock.advance(20 * 60_000);
    expect(renewed.map(({ atMs }) => atMs / 1000)).toEqual([10, 30, 70, 150, 310, 610, 910]);
    expect(renewed[0]?.reason).toBe('no snapshot came within 10 s');
    seed.cancel();
    expect(clock.pending).toBe(0);
  });

  test('is not asked for when it has come', async () => {
    const { clock, renewed, state, request } = seeder();
    request(0);
    state.isAwaited = false;
    await clock.advance(60_000);
    expect(renewed).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});
