import { MAX_HELD } from '../../../src/engine/trades/trade-series.ts';
import { row, ToldSeries } from './told-series.ts';

function follow(): ToldSeries {
  const told = new ToldSeries({ ids: 'contiguous' });
  told.series.begin('subscribed');
  told.comes(8, 9);
  expect(told.take()).toEqual(['live', '8', '9']);
  return told;
}

describe('trades whose ids count up by one', () => {
  test('come once each, however often they are told', () => {
    const told = follow();
    told.comes(9, 8, 10, 10, 9);
    expect(told.take()).toEqual(['10']);
    expect(told.counts).toEqual({ received: 7, delivered: 3, dropped: 4 });
  });

  test('show what is missing, which is asked for and told in its place', () => {
    const told = follow();
    told.comes(13, 14);
    expect(told.take()).toEqual(['gap 10-12 asked']);
    expect(told.need).toEqual({ kind: 'rest', after: { id: '9', time: 90 }, attempt: 0 });
    expect(told.series.waiting).toBe(2);
    told.answers([10, 11, 12, 13]);
    expect(told.take()).toEqual(['late 10', 'late 11', 'late 12', '13', '14', 'live filled 10-12']);
    expect([told.need, told.series.waiting]).toEqual([undefined, 0]);
    told.comes(15);
    expect(told.take()).toEqual(['15']);
    expect(told.counts).toEqual({ received: 9, delivered: 8, dropped: 1 });
  });

  test('need no question after a loss in which nothing was traded', () => {
    const told = follow();
    told.loses();
    told.series.begin('subscribed');
    told.comes(9, 10);
    expect(told.take()).toEqual(['stale', 'live', '10']);
    expect(told.needs).toEqual([]);
  });

  test('show after a loss what was missed, at the next one', () => {
    const told = follow();
    told.loses();
    told.series.begin('subscribed');
    told.comes(11);
    told.answers([10]);
    expect(told.take()).toEqual(['stale', 'live', 'gap 10-10 asked', 'late 10', '11', 'live filled 10-10']);
  });

  test('that come out of order fill the hole themselves', () => {
    const told = follow();
    told.comes(11, 12, 10);
    expect(told.take()).toEqual(['gap 10-10 asked', '10', '11', '12', 'live filled 10-10']);
    expect(told.need).toBeUndefined();
    told.answers([10]);
    expect(told.counts.dropped).toBe(1);
  });

  test('tell of every further hole while one is asked for', () => {
    const told = follow();
    told.comes(11, 14);
    told.answers([10, 11, 12, 13]);
    expect(told.take()).toEqual([
      'gap 10-10 asked',
      'gap 12-13 asked',
      'late 10',
      '11',
      'late 12',
      'late 13',
      '14',
      'live filled 10-13',
    ]);
  });

  test('are asked for page by page', () => {
    const told = follow();
    told.comes(20);
    told.answers([10, 11, 12, 13]);
    expect(told.need).toEqual({ kind: 'rest', after: { id: '13', time: 130 }, attempt: 0 });
    told.answers([14, 15, 16, 17, 18, 19]);
    expect(told.take().at(-1)).toBe('live filled 10-19');
  });

  test('are asked for again where REST is behind the stream, a few times', () => {
    const told = follow();
    told.comes(12);
    told.answers([10], { isAll: true });
    expect(told.need).toMatchObject({ after: { id: '10' }, attempt: 1 });
    for (let attempt = 2; attempt <= 4; attempt++) {
      told.answers([], { isAll: true });
      expect(told.need).toMatchObject({ attempt });
    }
    told.answers([], { isAll: true });
    expect(told.take()).toEqual(['gap 10-11 asked', 'late 10', 'gap 11-11', '12', 'live']);
    expect(told.need).toBeUndefined();
  });

  test('that the exchange does not tell any more are named, and no others', () => {
    const told = follow();
    told.comes(16);
    told.answers([12, 13, 15], { isAll: true });
    expect(told.take()).toEqual([
      'gap 10-15 asked',
      'gap 10-11',
      'late 12',
      'late 13',
      'gap 14-14',
      'late 15',
      '16',
      'live',
    ]);
  });

  test('that cannot be had are named, and what waited goes on', () => {
    const told = follow();
    told.comes(11, 14);
    told.series.unavailable('refused');
    expect(told.take()).toEqual([
      'gap 10-10 asked',
      'gap 12-13 asked',
      'gap 10-10',
      '11',
      'gap 12-13',
      '14',
      'live',
    ]);
    told.comes(15);
    expect(told.take()).toEqual(['15']);
  });

  test('that nobody can be asked for are named at once, and hold up nothing', () => {
    const told = follow();
    told.canAsk = () => false;
    told.comes(12, 13);
    expect(told.take()).toEqual(['gap 10-11', 'live', '12', '13']);
  });

  test('go on being asked for through another loss', () => {
    const told = follow();
    told.comes(11);
    told.loses();
    told.answers([10]);
    expect(told.take()).toEqual(['gap 10-10 asked', 'stale', 'late 10', '11']);
    told.series.begin('subscribed');
    expect(told.take()).toEqual(['live filled 10-10']);
  });

  test('wait in bounded number', () => {
    const told = follow();
    for (let id = 11; id <= 11 + MAX_HELD; id++) told.comes(id);
    expect(told.series.waiting).toBe(0);
    const all = told.take();
    expect(all.slice(0, 3)).toEqual(['gap 10-10 asked', 'gap 10-10', '11']);
    expect(all.at(-1)).toBe('live');
  });

  test('may be counted anew, which their times show', () => {
    const told = follow();
    told.arrives(row(1, 100));
    told.arrives(row(2, 110));
    expect(told.take()).toEqual(['gap t90-t100', 'live', '1', '2']);
    // While missed ones are asked for, too.
    told.arrives(row(4, 130));
    told.arrives(row(1, 140));
    expect(told.take()).toEqual(['gap 3-3 asked', 'gap 3-3', '4', 'live', 'gap t130-t140', 'live', '1']);
  });

  test('begin where the exchange says that it stands, and what it tells again fills a hole', () => {
    const told = new ToldSeries({ ids: 'contiguous', beginsWithRecent: true });
    told.greets(6, 7);
    told.series.begin('subscribed');
    told.comes(8);
    expect(told.take()).toEqual(['live', '8']);
    told.loses();
    told.series.begin('subscribed');
    told.greets(7, 8, 9, 10);
    told.comes(11);
    expect(told.take()).toEqual(['stale', 'live', 'late 9', 'late 10', '11']);
    told.loses();
    told.greets(14, 15);
    told.series.begin('subscribed');
    told.answers([12, 13]);
    expect(told.take()).toEqual([
      'stale',
      'gap 12-13 asked',
      'late 12',
      'late 13',
      'late 14',
      'late 15',
      'live filled 12-13',
    ]);
    expect(told.needs).toHaveLength(1);
  });

  test('may be missing after a loss before the first one, which nobody can know', () => {
    const told = new ToldSeries({ ids: 'contiguous' });
    told.series.begin('subscribed');
    told.loses();
    told.series.begin('subscribed');
    told.comes(5);
    expect(told.take()).toEqual(['live', 'stale', 'gap', 'live', '5']);
  });

  test.each(['gap 10-11 asked', 'gap 10-11', '12'])(
    'survive whoever takes the source away when he is told of %s',
    (moment) => {
      const told = follow();
      told.onTold = (what) => {
        if (what !== moment) return;
        told.onTold = () => undefined;
        told.canAsk = () => false;
        told.series.unavailable('nobody wants them');
        told.loses();
      };
      told.comes(12);
      told.series.unavailable('refused');
      const all = told.take();
      expect(all.filter((what) => what === '12')).toHaveLength(1);
      expect(all.filter((what) => what === 'gap 10-11')).toHaveLength(1);
      expect([told.series.waiting, told.series.isRecovering]).toEqual([0, false]);
      told.comes(13);
      expect(told.take().at(-1)).toBe('13');
    },
  );

  test('with ids beyond all numbers come once each, too', () => {
    const told = follow();
    told.comes('12345678901234567890', '12345678901234567890', 10);
    expect(told.take()).toEqual(['12345678901234567890', '10']);
  });
});
