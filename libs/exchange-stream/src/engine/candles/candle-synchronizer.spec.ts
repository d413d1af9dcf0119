import { CandleInterval, VirtualClock, type Candle, type CandleRange } from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';
import type { CandleRules } from './candle-rules.ts';
import { CandleSynchronizer } from './candle-synchronizer.ts';

const MINUTE = 60_000;
/** 2026-01-01T00:00:00Z is a whole minute, hour and day. */
const START = Date.parse('2026-01-01T00:00:00Z');
const interval = new CandleInterval('1m');

const at = (minute: number): number => START + minute * MINUTE;

function row(minute: number, close: string, closed?: boolean, more: Partial<CandleRow> = {}): CandleRow {
  return {
    ...{ interval: '1m', openTime: at(minute), closeTime: at(minute + 1) },
    ...{ open: '1', high: '9', low: '1', close, baseVolume: '5' },
    ...(closed !== undefined && { closed }),
    ...more,
  };
}

/** A synchroniser, what it tells in words, and REST in the hands of the test. */
class Series {
  readonly clock = new VirtualClock(at(10));
  readonly told: string[] = [];
  readonly asked: string[] = [];
  readonly counts = { received: 0, delivered: 0, dropped: 0, rejected: 0, conflated: 0, lost: 0 };
  need: CandleRange | undefined;
  state = 'live';
  readonly candles: CandleSynchronizer;
  private timer: { cancel(): void } | undefined;

  constructor(rules: Partial<CandleRules> = {}) {
    this.candles = new CandleSynchronizer(
      {
        ...{ interval, params: {}, history: 0, synthetic: false, skipsQuiet: false, settlesWithinMs: 2_000 },
        ...{ canFetch: true, source: 'auto', ...rules },
      },
      {
        now: () => this.clock.now(),
        exchangeNow: () => this.clock.now(),
        need: (range) => {
          this.need = range;
          this.asked.push(`${minuteOf(range.from)}..${minuteOf(range.to)}`);
        },
        wakeAfter: (delayMs) => {
          this.timer?.cancel();
          this.timer = this.clock.after(delayMs, () => this.candles.wake());
        },
        deliver: (candle) => {
          this.counts.delivered++;
          this.told.push(words(candle));
        },
        settled: () => undefined,
        ended: (fate, rows) => (this.counts[fate] += rows),
        added: (rows) => (this.counts.received += rows),
        flows: () => {
          if (this.state === 'live') return;
          this.state = 'live';
          this.told.push(`live${rangeOf(this.candles.takeFilled())}`);
        },
        broken: (_, lost) => {
          this.state = 'gap';
          this.told.push(`gap${rangeOf(lost)}${lost.asked ? ' asked' : ''}`);
        },
        silent: () => this.told.push('silent'),
      },
    );
  }

  row(...candle: Parameters<typeof row>): void {
    this.counts.received++;
    this.candles.row(this.clock.now(), this.clock.now(), row(...candle));
  }

  /** REST answers what was asked. */
  answer(...rows: CandleRow[]): void {
    const { need } = this;
    if (!need) throw new Error('nothing was asked');
    this.need = undefined;
    this.candles.found(rows, need, this.clock.now(), true);
  }

  takeTold(): string[] {
    return this.told.splice(0);
  }

  expectAccounted(): void {
    const { received, ...fates } = this.counts;
    const known = Object.values(fates).reduce((sum, rows) => sum + rows, this.candles.waiting);
    expect(received).toBe(known);
  }

  stop(): void {
    this.timer?.cancel();
    expect(this.clock.pending).toBe(0);
  }
}

function minuteOf(time: number): number {
  return (time - START) / MINUTE;
}

function rangeOf(range: CandleRange | undefined): string {
  return range ? ` ${minuteOf(range.from)}..${minuteOf(range.to)}` : '';
}

function words({ openTime, close, closed, source, synthetic, correction }: Candle): string {
  const marks = [
    closed && 'closed',
    source !== 'stream' && source,
    synthetic && 'synthetic',
    correction && 'correction',
  ];
  return [minuteOf(openTime), close, ...marks.filter(Boolean)].join(' ');
}

describe('a series of candles', () => {
  let series: Series;

  afterEach(() => {
    series.expectAccounted();
    series.stop();
  });

  test('tells history without a hole before the stream, and the running candle as the stream has it', async () => {
    series = new Series({ history: 3 });
    series.candles.begin();
    expect(series.asked).toEqual(['7..10']);
    await series.clock.advance(100);
    series.row(10, '5', false);
    expect(series.takeTold()).toEqual([]);
    // The exchange's answer was made before that row.
    series.answer(row(7, '1'), row(8, '2'), row(9, '3'), row(10, '4'));
    // Bucket 9 ended 100 ms ago: it is not final yet.
    expect(series.takeTold()).toEqual(['7 1 closed rest', '8 2 closed rest', '9 3 rest']);
    await series.clock.advance(5_000);
    series.answer(row(9, '3.5'), row(10, '4'));
    expect(series.takeTold()).toEqual(['9 3.5 closed rest', '10 5']);
    expect(series.candles.isReady).toBe(true);
  });

  test('lets no candle close between history and stream unseen', async () => {
    series = new Series({ history: 2 });
    await series.clock.advance(58_000);
    series.candles.begin();
    series.row(10, '5', false);
    await series.clock.advance(2_000);
    series.row(10, '6', true);
    series.row(11, '7', false);
    series.answer(row(8, '1'), row(9, '2'), row(10, '5'));
    expect(series.takeTold()).toEqual(['8 1 closed rest', '9 2 closed rest', '10 6 closed', '11 7']);
  });

  test('closes a candle by its flag, once', () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    series.row(10, '6', true);
    series.row(10, '6', true);
    series.row(11, '7', false);
    series.row(10, '5', false);
    expect(series.takeTold()).toEqual(['10 5', '10 6 closed', '11 7']);
  });

  test('closes a candle by the next bucket where there is no flag', () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5');
    series.row(11, '6');
    expect(series.takeTold()).toEqual(['10 5', '10 5 closed', '11 6']);
  });

  test('closes a candle by the clock and a grace where nothing follows', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5');
    await series.clock.advance(61_900);
    expect(series.takeTold()).toEqual(['10 5']);
    await series.clock.advance(200);
    expect(series.takeTold()).toEqual(['10 5 closed']);
  });

  test('asks how a candle ended whose closing row does not come, and holds back what follows', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    await series.clock.advance(60_500);
    series.row(11, '7', false);
    expect(series.takeTold()).toEqual(['10 5']);
    await series.clock.advance(2_000);
    expect(series.asked).toEqual(['10..11']);
    series.answer(row(10, '6'), row(11, '7'));
    expect(series.takeTold()).toEqual(['10 6 closed rest', '11 7']);
  });

  test('takes a closing row that comes after the first of the next bucket', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    await series.clock.advance(60_100);
    series.row(11, '7', false);
    series.row(10, '6', true);
    expect(series.takeTold()).toEqual(['10 5', '10 6 closed', '11 7']);
    expect(series.asked).toEqual([]);
  });

  test('knows by the ids of trades that nothing is missing in a candle without its closing row', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false, { tradeIds: { first: 1, last: 4 } });
    await series.clock.advance(60_100);
    series.row(11, '7', false, { tradeIds: { first: 5, last: 5 } });
    expect(series.takeTold()).toEqual(['10 5', '10 5 closed', '11 7']);
  });

  test('fetches what it missed while the stream was away, and tells of the gap and its filling', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', true);
    series.row(11, '6', false);
    await series.clock.advance(MINUTE + 50_000);
    series.candles.reset();
    await series.clock.advance(13_000);
    series.candles.begin();
    expect(series.takeTold()).toEqual(['10 5 closed', '11 6', 'gap 11..11 asked']);
    expect(series.asked).toEqual(['10..12']);
    series.row(12, '8', false);
    series.answer(row(10, '5'), row(11, '7'), row(12, '7.5'));
    expect(series.takeTold()).toEqual(['11 7 closed rest', '12 8', 'live 11..11']);
    expect(series.candles.isReady).toBe(true);
  });

  test('asks for nothing before its beginning, and tells nothing twice, when the stream is back at once', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    series.candles.reset();
    await series.clock.advance(1_000);
    series.candles.begin();
    expect(series.asked).toEqual(['10..10']);
    series.answer(row(9, '4'), row(10, '5'));
    expect(series.takeTold()).toEqual(['10 5']);
  });

  test('corrects what has turned out otherwise, by an event of its own', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', true);
    await series.clock.advance(MINUTE);
    series.row(11, '6', false);
    series.candles.reset();
    await series.clock.advance(5_000);
    series.candles.begin();
    expect(series.asked).toEqual(['10..11']);
    series.answer(row(10, '4'), row(11, '6'));
    expect(series.takeTold()).toEqual(['10 5 closed', '11 6', '10 4 closed rest correction']);
    expect(series.candles.series.at(at(10))?.close).toBe('4');
  });

  test('passes over buckets in which nothing is traded, where the stream skips them', async () => {
    series = new Series({ skipsQuiet: true });
    series.candles.begin();
    series.row(10, '5', true);
    await series.clock.advance(3 * MINUTE);
    series.row(13, '6', false);
    expect(series.takeTold()).toEqual(['10 5 closed', '13 6']);
    expect(series.asked).toEqual([]);
    expect(series.candles.isReady).toBe(true);
  });

  test('tells them flat where that is asked for', async () => {
    series = new Series({ skipsQuiet: true, synthetic: true });
    series.candles.begin();
    series.row(10, '5', true);
    await series.clock.advance(3 * MINUTE);
    expect(series.takeTold()).toEqual(['10 5 closed', '11 5 closed derived synthetic']);
    await series.clock.advance(3_000);
    expect(series.takeTold()).toEqual(['12 5 closed derived synthetic']);
  });

  test('asks for a bucket of which nothing came where each has a row', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', true);
    await series.clock.advance(2 * MINUTE + 3_000);
    expect(series.takeTold()).toEqual(['10 5 closed', 'gap 11..11 asked']);
    series.answer(row(11, '5.5'), row(12, '5.5'));
    expect(series.takeTold()).toEqual(['11 5.5 closed rest', '12 5.5 rest', 'live 11..11']);
  });

  test('finds by the ids of trades that quiet buckets were not quiet', async () => {
    series = new Series({ skipsQuiet: true });
    series.candles.begin();
    series.row(10, '5', true, { tradeIds: { first: 1, last: 4 } });
    await series.clock.advance(3 * MINUTE);
    series.row(13, '7', false, { tradeIds: { first: 7, last: 7 } });
    expect(series.takeTold()).toEqual(['10 5 closed', 'gap 10..12 asked']);
    expect(series.asked).toEqual(['10..13']);
    await series.clock.advance(3_000);
    series.answer(row(10, '5'), row(12, '6'), row(13, '7'));
    expect(series.takeTold()).toEqual(['12 6 closed rest', '13 7', 'live 10..12']);
  });

  test('names what cannot be had, goes on, and mends it later', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', true);
    series.candles.reset();
    await series.clock.advance(2 * MINUTE);
    series.need = undefined;
    series.candles.begin();
    series.row(12, '7', false);
    series.candles.unavailable('503');
    expect(series.takeTold()).toEqual(['10 5 closed', 'gap 11..11 asked', 'gap 11..11', '12 7', 'live']);
    expect(series.candles.isReady).toBe(false);
    await series.clock.advance(65_000);
    expect(series.asked.at(-1)).toBe('11..11');
  });

  test('takes REST for a stream that stays away, and gives that up when the stream has held', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    series.candles.reset();
    await series.clock.advance(14_900);
    expect(series.asked).toEqual([]);
    await series.clock.advance(200);
    expect(series.asked.splice(0)).toEqual(['10..10']);
    series.answer(row(10, '6'));
    expect(series.takeTold()).toEqual(['10 5', '10 6 rest']);
    await series.clock.advance(47_000);
    expect(series.asked.splice(0)).toEqual(['10..11']);
    series.answer(row(10, '7'), row(11, '8'));
    expect(series.takeTold()).toEqual(['10 7 closed rest', '11 8 rest']);
    expect(series.candles.live).toBe(true);
    series.candles.begin();
    series.answer(row(10, '7'), row(11, '8'));
    series.row(11, '9', false);
    expect(series.takeTold()).toEqual(['11 9']);
    // The stream goes once more: REST is still asked.
    series.candles.reset();
    await series.clock.advance(60_000);
    expect(series.asked.splice(0).at(-1)).toBe('11..12');
    series.answer(row(11, '10'), row(12, '11'));
    series.candles.begin();
    series.answer(row(11, '10'), row(12, '11'));
    series.takeTold();
    await series.clock.advance(31_000);
    series.row(12, '12', true);
    await series.clock.advance(30_000);
    series.row(13, '13', false);
    await series.clock.advance(60_000);
    expect(series.candles.isPolled).toBe(false);
  });

  test('begins where REST is asked first, when the stream went away before its first row', async () => {
    series = new Series();
    series.candles.begin();
    series.candles.reset();
    await series.clock.advance(15_100);
    expect(series.asked.splice(0)).toEqual(['10..10']);
    await series.clock.advance(45_000);
    series.candles.begin();
    series.row(11, '6', false);
    series.answer(row(10, '5', true), row(11, '6', false));
    expect(series.takeTold()).toEqual(['10 5 closed rest', '11 6']);
    expect(series.candles.waiting).toBe(0);
  });

  test('is not live again before something comes, where neither stream nor REST has anything', async () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    series.candles.reset();
    await series.clock.advance(15_100);
    series.candles.unavailable('nobody answers');
    expect([series.candles.live, ...series.takeTold()]).toEqual([false, '10 5', 'silent']);
    await series.clock.advance(2 * MINUTE);
    expect([series.candles.live, ...series.takeTold()]).toEqual([false]);
    series.answer(row(10, '6', true), row(11, '6', true), row(12, '7', false));
    expect(series.candles.live).toBe(true);
  });

  test('is REST alone where the exchange streams no such candles', async () => {
    series = new Series({ source: 'rest', history: 1 });
    series.candles.begin();
    expect(series.asked.splice(0)).toEqual(['9..10']);
    await series.clock.advance(3_000);
    series.answer(row(9, '4'), row(10, '5'));
    expect(series.takeTold()).toEqual(['9 4 closed rest', '10 5 rest']);
    await series.clock.advance(MINUTE);
    expect(series.asked.splice(0).at(-1)).toBe('10..11');
    series.answer(row(10, '6'), row(11, '7'));
    expect(series.takeTold()).toEqual(['10 6 closed rest', '11 7 rest']);
  });

  test('does not close a candle by what it knew of it before the stream went away', async () => {
    series = new Series();
    series.candles.begin();
    await series.clock.advance(55_000);
    series.row(10, '5');
    series.candles.reset();
    await series.clock.advance(10_000);
    series.candles.begin();
    series.row(11, '7');
    expect(series.takeTold()).toEqual(['10 5', 'gap 10..10 asked']);
    series.answer(row(10, '6'), row(11, '7'));
    expect(series.takeTold()).toEqual(['10 6 closed rest', '11 7', 'live 10..10']);
  });

  test('has nothing to do with buckets before its beginning', () => {
    series = new Series();
    series.candles.begin();
    series.row(10, '5', false);
    series.row(9, '4', true);
    expect(series.takeTold()).toEqual(['10 5']);
  });

  test('names what is missing once where there is no REST to ask', async () => {
    series = new Series({ canFetch: false });
    series.candles.begin();
    series.row(10, '5', true);
    series.row(12, '6', false);
    expect(series.takeTold()).toEqual(['10 5 closed', 'gap 11..11', '12 6', 'live']);
    await series.clock.advance(10 * MINUTE);
    series.row(20, '7', false);
    expect(series.takeTold()).toEqual(['12 6 closed', 'gap 13..19', '20 7', 'live']);
    expect(series.asked).toEqual([]);
  });

  test('refuses a row that is of no bucket', () => {
    series = new Series();
    series.candles.begin();
    series.counts.received++;
    series.candles.row(0, undefined, { ...row(10, '5'), openTime: at(10) + 1 });
    expect(series.counts.rejected).toBe(1);
  });
});
