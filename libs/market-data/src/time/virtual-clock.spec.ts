import { VirtualClock } from './virtual-clock.ts';

describe('a virtual clock', () => {
  test('runs tasks in the order of their time, at their time', async () => {
    const clock = new VirtualClock(1_000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b ${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a ${clock.now()}`);
      clock.after(5, () => seen.push(`nested ${clock.monotonic()}`));
    });
    await clock.advance(30);
    expect(seen).toEqual(['a 1010', 'nested 15', 'b 1020']);
    expect(clock.now()).toBe(1_030);
  });

  test('leaves what is later for later, and cancelled tasks undone', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.after(100, () => seen.push('late'));
    clock.after(10, () => seen.push('cancelled')).cancel();
    await clock.advance(50);
    expect(seen).toEqual([]);
    expect(clock.pending).toBe(1);
  });

  test('lets promises settle between two tasks', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    clock.after(1, () => void Promise.resolve().then(() => seen.push('promise')));
    clock.after(2, () => seen.push('second task'));
    await clock.advance(5);
    expect(seen).toEqual(['promise', 'second task']);
  });

  test('shows whole milliseconds, and keeps fractions for durations', async () => {
    const clock = new VirtualClock(1_000);
    await clock.advance(1.75);
    expect([clock.now(), clock.monotonic()]).toEqual([1_001, 1.75]);
  });

  test('keeps the order of many tasks, whatever is cancelled among them', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const expected: [dueMs: number, order: number][] = [];
    for (let order = 0; order < 3_000; order++) {
      // Scattered, with many on the same instant.
      const dueMs = (order * 7_919) % 1_000;
      const timer = clock.after(dueMs, () => seen.push(`${dueMs} ${order}`));
      if (order % 3 === 0) timer.cancel();
      else expected.push([dueMs, order]);
    }
    expect(clock.pending).toBe(expected.length);
    await clock.advance(1_000);
    expected.sort(([aMs, a], [bMs, b]) => aMs - bMs || a - b);
    expect(seen).toEqual(expected.map(([dueMs, order]) => `${dueMs} ${order}`));
    expect(clock.pending).toBe(0);
  });

  test('lets a task that runs cancel itself and others', async () => {
    const clock = new VirtualClock();
    const seen: string[] = [];
    const late = clock.after(2, () => seen.push('late'));
    const self = clock.after(1, () => {
      seen.push('self');
      self.cancel();
      late.cancel();
      late.cancel();
    });
    await clock.advance(5);
    expect(seen).toEqual(['self']);
    expect(clock.pending).toBe(0);
  });
});
