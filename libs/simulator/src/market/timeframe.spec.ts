import { Timeframe, type CandleInterval } from './timeframe.ts';

const TIME = Date.UTC(2026, 10, 21, 17, 42, 31, 250); // a Saturday

describe('Timeframe', () => {
  it.each<[CandleInterval, string, string]>([
    ['1s', '2026-11-21T17:42:31Z', '2026-11-21T17:42:32Z'],
    ['1m', '2026-11-21T17:42Z', '2026-11-21T17:43Z'],
    ['15m', '2026-11-21T17:30Z', '2026-11-21T17:45Z'],
    ['4h', '2026-11-21T16:00Z', '2026-11-21T20:00Z'],
    ['1d', '2026-11-21T00:00Z', '2026-11-22T00:00Z'],
    ['1w', '2026-11-16T00:00Z', '2026-11-23T00:00Z'],
    ['3h', '2026-11-21T15:00Z', '2026-11-21T18:00Z'],
    ['14d', '2026-11-09T00:00Z', '2026-11-23T00:00Z'],
    ['5d', '2026-11-18T00:00Z', '2026-11-23T00:00Z'],
    ['1M', '2026-11-01T00:00Z', '2026-12-01T00:00Z'],
    ['3M', '2026-10-01T00:00Z', '2027-01-01T00:00Z'],
  ])('%s runs from %s to %s', (interval, start, end) => {
    const timeframe = new Timeframe(interval);
    expect(timeframe.start(TIME)).toBe(Date.parse(start));
    expect(timeframe.end(timeframe.start(TIME))).toBe(Date.parse(end));
  });

  it.each<[CandleInterval, string, string]>([
    ['6h', '2026-11-21T16:00Z', '2026-11-21T22:00Z'],
    ['1d', '2026-11-21T16:00Z', '2026-11-22T16:00Z'],
    ['1w', '2026-11-15T16:00Z', '2026-11-22T16:00Z'],
    ['1M', '2026-10-31T16:00Z', '2026-11-30T16:00Z'],
    ['1h', '2026-11-21T17:00Z', '2026-11-21T18:00Z'],
  ])('%s of UTC+8 runs from %s to %s', (interval, start, end) => {
    const timeframe = new Timeframe(interval, 8 * 3_600_000);
    expect(timeframe.start(TIME)).toBe(Date.parse(start));
    expect(timeframe.end(timeframe.start(TIME))).toBe(Date.parse(end));
  });
});
