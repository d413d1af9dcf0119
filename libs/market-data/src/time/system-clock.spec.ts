import { SystemClock } from './system-clock.ts';

const DAY = 86_400_000;

describe('the clock of the machine', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('waits as long as it is told, be it longer than timers of the platform can', () => {
    let times = 0;
    new SystemClock().after(100 * DAY, () => times++);
    jest.advanceTimersByTime(100 * DAY - 1);
    expect(times).toBe(0);
    jest.advanceTimersByTime(1);
    expect(times).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('lets go of what is cancelled, however long it has waited', () => {
    let times = 0;
    const timer = new SystemClock().after(100 * DAY, () => times++);
    jest.advanceTimersByTime(60 * DAY);
    timer.cancel();
    expect(jest.getTimerCount()).toBe(0);
    expect(times).toBe(0);
  });
});
