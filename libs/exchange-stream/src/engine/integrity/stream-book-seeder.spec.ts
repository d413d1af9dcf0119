import { VirtualClock } from '@exchange-stream/market-data';
import { StreamBookSeeder } from './stream-book-seeder.ts';

function seeder() {
  const clock = new VirtualClock();
  const renewed: { atMs: number; reason: string }[] = [];
  const state = { isAwaited: true };
  const seeder = new StreamBookSeeder({ clock });
  const startedAt = clock.now();
  const request = (waitMs: number, broken?: string) =>
    seeder.request({
      waitMs,
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

  test('is asked for after as long as it has to wait', async () => {
    const { clock, renewed, request } = seeder();
    request(4_000, 'an update is missing').cancel();
    const seed = request(4_000, 'an update is missing');
    await clock.advance(3_999);
    expect(renewed).toEqual([]);
    await clock.advance(1);
    expect(renewed).toEqual([{ atMs: 4_000, reason: 'an update is missing' }]);
    seed.cancel();
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
