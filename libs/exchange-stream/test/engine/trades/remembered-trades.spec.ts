import { ToldSeries } from './told-series.ts';
import type { TradeIds } from '../../../src/contract/index.ts';

const MISSING = 'gap t90-t asked';

function follow(ids: TradeIds = 'arbitrary', beginsWithRecent = false): ToldSeries {
  const told = new ToldSeries({ ids, beginsWithRecent });
  if (beginsWithRecent) told.greets(6, 7);
  told.series.begin('subscribed');
  told.comes(8, 9);
  expect(told.take()).toEqual(['live', '8', '9']);
  return told;
}

function reconnect(told: ToldSeries): void {
  told.loses();
  told.series.begin('subscribed');
  expect(told.take()).toEqual(['stale', MISSING]);
}

describe.each<TradeIds>(['arbitrary', 'increasing'])('trades with %s ids', (ids) => {
  test('come once each, as long as memory reaches', () => {
    const told = follow(ids);
    told.comes(9, 8, 13, 9, 13);
    expect(told.take()).toEqual(['13']);
    for (let id = 20; id < 10_000; id++) told.comes(id);
    told.take();
    told.comes(9_000, 9_999);
    expect(told.take()).toEqual([]);
  });

  test('are asked for after every loss, and come before those that wait', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(15, 16);
    expect(told.need).toEqual({ kind: 'rest', after: { id: '9', time: 90 }, attempt: 0 });
    told.answers([11, 13, 15, 16]);
    expect(told.take()).toEqual(['late 11', 'late 13', '15', '16', 'live filled t90-t160']);
    expect(told.counts).toEqual({ received: 8, delivered: 6, dropped: 2 });
  });

  test('that are all told in a quiet market let it be live', () => {
    const told = follow(ids);
    reconnect(told);
    told.answers([11], { isAll: true });
    expect(told.take()).toEqual(['late 11', 'live filled t90-t']);
  });

  test('are asked for page by page, until one comes that waits', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(20);
    told.answers([11, 12]);
    expect(told.need).toEqual({ kind: 'rest', after: { id: '12', time: 120 }, attempt: 0 });
    told.answers([12, 13, 20], { pagesBy: 'time' });
    expect(told.take().slice(-3)).toEqual(['late 13', '20', 'live filled t90-t']);
  });

  test('are asked for in 20 pages at most', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(100);
    for (let page = 1; page <= 20; page++) {
      expect(told.needs).toHaveLength(page);
      told.answers([9 + 2 * page, 10 + 2 * page]);
    }
    expect(told.need).toBeUndefined();
    expect(told.take().slice(-5)).toEqual(['late 49', 'late 50', 'gap t500-t1000', '100', 'live']);
  });

  test('are asked for again where REST is behind the stream, and may stay missing', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(20);
    for (let attempt = 1; attempt <= 4; attempt++) {
      told.answers([11], { isAll: true });
      expect(told.need).toMatchObject({ attempt });
    }
    told.answers([11], { isAll: true });
    expect(told.take()).toEqual(['late 11', 'gap t110-t200', '20', 'live']);
  });

  test('that the latest ones do not reach back to are named', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(20);
    told.answers([15, 17, 20], { pagesBy: 'recent' });
    expect(told.take()).toEqual(['gap t90-t150', 'late 15', 'late 17', '20', 'live']);
    reconnect2(told);
    told.comes(25);
    told.answers([20, 23, 25], { pagesBy: 'recent' });
    expect(told.take()).toEqual(['late 23', '25', 'live filled t200-t']);
  });

  test('that cannot be had are named, and what waited goes on', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(20);
    told.series.unavailable('refused');
    expect(told.take()).toEqual(['gap t90-t200', '20', 'live']);
  });

  test('that nobody can be asked for are named at once', () => {
    const told = follow(ids);
    told.canAsk = () => false;
    told.loses();
    told.series.begin('subscribed');
    told.comes(20);
    expect(told.take()).toEqual(['stale', 'gap t90-t', 'live', '20']);
  });

  test('are asked for as soon as one comes, where that is before the confirmation', () => {
    const told = follow(ids);
    told.loses();
    told.comes(20);
    told.answers([11, 20]);
    expect(told.take()).toEqual(['stale', MISSING, 'late 11', '20', 'live filled t90-t']);
  });

  test('lost once more while they are asked for, are asked for to the end', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(15);
    told.loses();
    // The answer leads to what came between the losses, and no further.
    told.answers([11, 15, 17], { isAll: true });
    expect(told.take()).toEqual(['stale', 'late 11', '15', 'late 17']);
    told.series.begin('subscribed');
    expect(told.need).toEqual({ kind: 'rest', after: { id: '17', time: 170 }, attempt: 0 });
    told.comes(20);
    told.answers([18, 20]);
    expect(told.take()).toEqual(['late 18', '20', 'live filled t90-t']);
  });

  test('lost once more, and not told after all, are named with both holes', () => {
    const told = follow(ids);
    reconnect(told);
    told.comes(15);
    told.loses();
    told.series.begin('subscribed');
    told.comes(20);
    told.series.unavailable('refused');
    expect(told.take()).toEqual(['stale', 'gap t90-t150', '15', 'gap t150-t200', '20', 'live']);
  });

  test('told in a greeting need not be asked for', () => {
    const told = follow(ids, true);
    told.loses();
    told.series.begin('subscribed');
    expect(told.need).toEqual({ kind: 'recent' });
    told.comes(14);
    told.greets(8, 9, 11, 13, 14);
    expect(told.take()).toEqual(['stale', 'late 11', 'late 13', '14', 'live']);
    told.loses();
    told.greets(14, 15);
    told.series.begin('subscribed');
    expect(told.take()).toEqual(['stale', 'late 15', 'live']);
    expect(told.counts).toEqual({ received: 12, delivered: 6, dropped: 6 });
  });

  test('that a greeting does not reach back to are asked for', () => {
    const told = follow(ids, true);
    told.loses();
    told.series.begin('subscribed');
    told.greets(15, 16);
    told.comes(17);
    expect(told.need).toMatchObject({ kind: 'rest', after: { id: '9' } });
    told.answers([12, 13, 15, 16, 17]);
    expect(told.take()).toEqual([
      'stale',
      MISSING,
      'late 12',
      'late 13',
      'late 15',
      'late 16',
      '17',
      'live filled t90-t160',
    ]);
  });

  test('without a greeting are asked for, or named', () => {
    const told = follow(ids, true);
    told.loses();
    told.series.begin('subscribed');
    told.series.unavailable('no greeting');
    expect(told.take()).toEqual(['stale', MISSING]);
    told.answers([10], { isAll: true });
    expect(told.take()).toEqual(['late 10', 'live filled t90-t']);
    told.canAsk = ({ kind }) => kind === 'recent';
    told.loses();
    told.series.begin('subscribed');
    told.series.unavailable('no greeting');
    expect(told.take()).toEqual(['stale', 'gap t100-t', 'live']);
  });
});

function reconnect2(told: ToldSeries): void {
  told.loses();
  told.series.begin('subscribed');
  expect(told.take()).toEqual(['stale', 'gap t200-t asked']);
}
