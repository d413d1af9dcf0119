import type { Candle } from './candle.ts';
import { CandleInterval } from './candle-interval.ts';
import { CandleSeries } from './candle-series.ts';

const MINUTE = 60_000;

function candle(minute: number, close = '1.50', interval = '1m'): Candle {
  const buckets = new CandleInterval(interval);
  const openTime = buckets.openTime(minute);
  return {
    interval,
    openTime,
    closeTime: buckets.openTime(minute + 1),
    open: '1.0',
    high: '2.00',
    low: '0.00000001',
    close,
    baseVolume: '123456789.12345678',
    closed: true,
    source: 'stream',
    receivedAt: openTime,
  };
}

function minutesOf(series: CandleSeries): number[] {
  return series.candles().map(({ openTime }) => openTime / MINUTE);
}

describe('a series of candles', () => {
  const interval = new CandleInterval('1m');

  test('gives back what it was given, to the last digit', () => {
    const series = new CandleSeries(interval, 10);
    const full: Candle = {
      ...candle(7),
      quoteVolume: '99999999999999999999.123456789012345678901234567890',
      tradeCount: 12,
      takerBuyBaseVolume: '0.10',
      takerBuyQuoteVolume: '0',
      closed: false,
      source: 'rest',
      synthetic: true,
      exchangeTime: 420_000.25,
    };
    series.set(full);
    expect(series.at(7 * MINUTE + 5)).toEqual(full);
    series.set(candle(7));
    expect(series.newest).toEqual(candle(7));
  });

  test('keeps order whatever the order of arrival, and holds each bucket once', () => {
    const series = new CandleSeries(interval, 10);
    for (const minute of [5, 3, 4, 5, 1, 2]) series.set(candle(minute));
    expect(minutesOf(series)).toEqual([1, 2, 3, 4, 5]);
    expect(series.isContiguous).toBe(true);
  });

  // The ring of another project put an old candle in front and dropped the newest for it.
  test('refuses a candle that is too old instead of dropping the newest', () => {
    const series = new CandleSeries(interval, 5);
    for (const minute of [1, 2, 3, 4, 5]) series.set(candle(minute));
    expect(series.set(candle(0))).toBe(false);
    expect(minutesOf(series)).toEqual([1, 2, 3, 4, 5]);
  });

  // The same project kept the longest run alone, and threw away what was newest.
  test('keeps what stands on both sides of a hole, and names the hole', () => {
    const series = new CandleSeries(interval, 10);
    for (const minute of [0, 1, 2, 3, 6, 7]) series.set(candle(minute));
    expect(minutesOf(series)).toEqual([0, 1, 2, 3, 6, 7]);
    expect(series.holes()).toEqual([{ from: 4 * MINUTE, to: 5 * MINUTE }]);
    expect(series.isContiguous).toBe(false);
    series.setQuiet(4 * MINUTE);
    series.set(candle(5));
    expect(series.isContiguous).toBe(true);
  });

  test('has no hole between months of different lengths', () => {
    const months = new CandleInterval('1M');
    const series = new CandleSeries(months, 12);
    const first = months.indexOf(Date.parse('2027-12-01T00:00:00Z'));
    for (const more of [0, 1, 2, 3]) series.set(candle(first + more, '1', '1M'));
    expect(series.size).toBe(4);
    expect(series.isContiguous).toBe(true);
  });

  test('counts what is missing before the oldest, where it should reach back', () => {
    const series = new CandleSeries(interval, 10);
    series.reachBackTo(2 * MINUTE);
    series.set(candle(5));
    expect(series.holes()).toEqual([{ from: 2 * MINUTE, to: 4 * MINUTE }]);
    // What has fallen out of the ring is no hole.
    series.set(candle(14));
    expect(series.holes()).toEqual([{ from: 6 * MINUTE, to: 13 * MINUTE }]);
  });

  test('is empty before the first and after it is cleared', () => {
    const series = new CandleSeries(interval, 10);
    expect([series.size, series.newest, series.isContiguous, series.holes()]).toEqual([
      0,
      undefined,
      false,
      [],
    ]);
    series.set(candle(3));
    series.clear();
    expect([series.size, series.newest, series.candles()]).toEqual([0, undefined, []]);
    series.set(candle(1));
    expect(minutesOf(series)).toEqual([1]);
  });

  test('is not confused by a jump of many rings', () => {
    const series = new CandleSeries(interval, 4);
    series.set(candle(1));
    series.set(candle(1_000_001));
    expect(minutesOf(series)).toEqual([1_000_001]);
    expect(series.knows(MINUTE)).toBe(false);
  });

  test('equals a map of everything, cut to the newest buckets, under random order', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = pseudoRandom(seed);
      const capacity = 1 + Math.floor(random() * 12);
      const series = new CandleSeries(interval, capacity);
      const model = new Map<number, Candle | 'quiet'>();
      let newest = -Infinity;
      let first = Infinity;
      for (let step = 0; step < 80; step++) {
        const minute = Math.floor(random() * 30) + (random() < 0.1 ? step : 0);
        const fits = minute > newest - capacity;
        if (random() < 0.2) {
          expect(series.setQuiet(minute * MINUTE)).toBe(fits);
          if (fits) model.set(minute, 'quiet');
        } else {
          const given = candle(minute, String(step));
          expect(series.set(given)).toBe(fits);
          if (fits) model.set(minute, given);
        }
        if (fits) [first, newest] = [Math.min(first, minute), Math.max(newest, minute)];
        for (const old of model.keys()) if (old <= newest - capacity) model.delete(old);
        const held = [...model].filter(([, what]) => what !== 'quiet').sort(([a], [b]) => a - b);
        expect(series.candles()).toEqual(held.map(([, what]) => what));
        expect(series.size).toBe(held.length);
        expect(missing(series)).toEqual(missingOf(model, Math.max(first, newest - capacity + 1), newest));
      }
    }
  });
});

function missing(series: CandleSeries): number[] {
  return series.holes().flatMap(({ from, to }) => {
    const count = (to - from) / MINUTE + 1;
    return Array.from({ length: count }, (_, more) => from / MINUTE + more);
  });
}

function missingOf(model: ReadonlyMap<number, unknown>, first: number, newest: number): number[] {
  return Array.from({ length: newest - first + 1 }, (_, more) => first + more).filter(
    (minute) => !model.has(minute),
  );
}

/** Numbers from 0 to 1, the same for the same seed (a linear congruential generator, Numerical Recipes' constants). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
