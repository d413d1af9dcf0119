import { CandleInterval, InvalidIntervalError } from './candle-interval.ts';

const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;

describe('an interval of candles', () => {
  test.each([
    ['1s', '2026-03-01T10:17:43.999Z', '2026-03-01T10:17:43Z', '2026-03-01T10:17:44Z'],
    ['15m', '2026-03-01T10:17:43Z', '2026-03-01T10:15:00Z', '2026-03-01T10:30:00Z'],
    ['4h', '2026-03-01T10:17:43Z', '2026-03-01T08:00:00Z', '2026-03-01T12:00:00Z'],
    ['1d', '2026-02-28T23:59:59.999Z', '2026-02-28T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['1d', '2028-02-29T12:00:00Z', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['1w', '2027-01-03T23:59:59Z', '2026-12-28T00:00:00Z', '2027-01-04T00:00:00Z'],
    ['1w', '2027-01-04T00:00:00Z', '2027-01-04T00:00:00Z', '2027-01-11T00:00:00Z'],
    ['1M', '2026-12-31T23:59:59.999Z', '2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['1M', '2028-02-29T23:59:59Z', '2028-02-01T00:00:00Z', '2028-03-01T00:00:00Z'],
    ['1M', '2027-02-28T23:59:59Z', '2027-02-01T00:00:00Z', '2027-03-01T00:00:00Z'],
    ['3M', '2026-05-15T00:00:00Z', '2026-04-01T00:00:00Z', '2026-07-01T00:00:00Z'],
    ['1M', '1969-12-31T23:00:00Z', '1969-12-01T00:00:00Z', '1970-01-01T00:00:00Z'],
  ])('puts a time into its bucket: %s of %s', (text, time, start, end) => {
    const interval = new CandleInterval(text);
    expect(interval.start(at(time))).toBe(at(start));
    expect(interval.end(at(time))).toBe(at(end));
  });

  test('begins a bucket exactly on its open time, and ends it one millisecond before the next', () => {
    for (const text of ['1m', '1w', '1M']) {
      const interval = new CandleInterval(text);
      const end = interval.end(at('2026-01-31T23:59:59.999Z'));
      expect(interval.indexOf(end)).toBe(interval.indexOf(end - 1) + 1);
    }
  });

  test('counts months one by one over leap years and year ends', () => {
    const interval = new CandleInterval('1M');
    const first = interval.indexOf(at('2027-11-10T00:00:00Z'));
    const opens = [0, 1, 2, 3, 4].map((more) =>
      new Date(interval.openTime(first + more)).toISOString().slice(0, 10),
    );
    expect(opens).toEqual(['2027-11-01', '2027-12-01', '2028-01-01', '2028-02-01', '2028-03-01']);
  });

  test('follows the days and weeks of the exchange', () => {
    const shifted = new CandleInterval('1d', { dayOffsetMs: 8 * HOUR });
    expect(shifted.start(at('2026-03-01T15:59:59Z'))).toBe(at('2026-02-28T16:00:00Z'));
    expect(shifted.end(at('2026-03-01T15:59:59Z'))).toBe(at('2026-03-01T16:00:00Z'));
    const month = new CandleInterval('1M', { dayOffsetMs: 8 * HOUR });
    expect(month.start(at('2026-02-28T16:00:00Z'))).toBe(at('2026-02-28T16:00:00Z'));
    expect(month.start(at('2026-02-28T15:59:59Z'))).toBe(at('2026-01-31T16:00:00Z'));
    const sunday = new CandleInterval('1w', { firstWeekday: 0 });
    expect(sunday.start(at('2027-01-03T12:00:00Z'))).toBe(at('2027-01-03T00:00:00Z'));
  });

  test('has buckets that follow each other without a hole, whatever the length', () => {
    for (const text of ['1s', '3m', '7h', '3d', '15d', '2w', '1M', '5M', '12M']) {
      const interval = new CandleInterval(text, { dayOffsetMs: text === '5M' ? 8 * HOUR : 0 });
      let time = at('2023-12-30T11:22:33Z');
      for (let step = 0; step < 60; step++) {
        const index = interval.indexOf(time);
        expect(interval.openTime(index)).toBeLessThanOrEqual(time);
        expect(interval.openTime(index + 1)).toBeGreaterThan(time);
        expect(interval.indexOf(interval.openTime(index + 1))).toBe(index + 1);
        expect(interval.openTime(index + 1) - interval.openTime(index)).toBeGreaterThanOrEqual(
          interval.shortestMs,
        );
        time = interval.openTime(index + 1) + (step % 3);
      }
    }
  });

  test.each([
    ['5m', '1m', true],
    ['3m', '2m', false],
    ['1m', '1m', false],
    ['1w', '1d', true],
    ['1w', '3d', false],
    ['1M', '1d', true],
    ['1M', '1h', true],
    ['1M', '1w', false],
    ['1M', '7h', false],
    ['3M', '1M', true],
    ['1d', '1M', false],
  ])('knows whether %s is made of whole %s: %s', (larger, smaller, isMade) => {
    expect(new CandleInterval(larger).isMadeOf(new CandleInterval(smaller))).toBe(isMade);
  });

  test('is made of days that begin when its own do', () => {
    const shifted = new CandleInterval('1w', { dayOffsetMs: 8 * HOUR });
    expect(shifted.isMadeOf(new CandleInterval('1d'))).toBe(false);
    expect(shifted.isMadeOf(new CandleInterval('4h'))).toBe(true);
    expect(shifted.isMadeOf(shifted.sibling('1d'))).toBe(true);
  });

  test.each(['', 'm', '0m', '1', '1y', '-1m', '1.5h', '01m', '1001m', '1m '])('refuses %j', (text) => {
    expect(() => new CandleInterval(text)).toThrow(InvalidIntervalError);
  });
});
