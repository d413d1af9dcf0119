import { VirtualClock } from '@exchange-stream/market-data';
import type { UpdateSorting, BookRules } from '../../contract/index.ts';
import type { BookBreak } from './book-break.ts';
import { KeptLevels } from './kept-book.ts';
import { BookSynchronizer, type RowFate } from './book-synchronizer.ts';

const BY_ID: UpdateSorting = { by: 'id', updates: 3, withinMs: 200 };
const BY_TIME: UpdateSorting = { by: 'time', updates: 3, withinMs: 200 };

/** A live book at 5 whose updates count up by one, or bear no numbers. */
function live(sorting: UpdateSorting) {
  const rules: BookRules = {
    kind: 'linked',
    seed: 'stream',
    follows: (sequence, { last }) => (last <= sequence ? 'old' : last === sequence + 1 ? 'follows' : 'gap'),
    sorting,
  };
  const clock = new VirtualClock();
  const breaks: BookBreak[] = [];
  const told: (number | undefined)[] = [];
  const fates: Record<RowFate, number> = { conflated: 0, dropped: 0, lost: 0 };
  const sync = new BookSynchronizer(
    new KeptLevels(),
    rules,
    {
      needSeed: () => undefined,
      synced: () => undefined,
      updated: (time, sequence) => void told.push(sequence ?? time),
      broken: (broken) => void breaks.push(broken),
      became: (fate, rows) => {
        fates[fate] += rows;
      },
    },
    clock,
  );
  sync.begin();
  const snapshot = (last?: number, time?: number): void =>
    sync.snapshot(time, last === undefined ? undefined : { last }, [['10', '1']], [['20', '1']]);
  const numbered = (...numbers: number[]): void => {
    for (const last of numbers) sync.update(last, { last }, [['10', String(last)]], []);
  };
  const timed = (...times: (number | undefined)[]): void => {
    for (const time of times) sync.update(time, undefined, [['10', String(time)]], []);
  };
  const amount = (): string | undefined => sync.book.reader.bestBid?.[1];
  return { clock, sync, breaks, told, fates, snapshot, numbered, timed, amount };
}

describe('updates put in order by number', () => {
  test('go on at once while they follow', () => {
    const { sync, told, snapshot, numbered, clock } = live(BY_ID);
    snapshot(5);
    numbered(6, 7, 8);
    expect([told, sync.waiting, clock.pending]).toEqual([[6, 7, 8], 0, 0]);
  });

  test('are put right within the window, instead of breaking the book', () => {
    const { sync, told, breaks, snapshot, numbered, amount, clock } = live(BY_ID);
    snapshot(5);
    numbered(8, 6, 9);
    expect([told, sync.waiting]).toEqual([[6], 2]);
    numbered(7, 11, 10);
    expect([told, breaks, amount()]).toEqual([[6, 7, 8, 9, 10, 11], [], '11']);
    expect([sync.waiting, clock.pending]).toEqual([0, 0]);
  });

  test('break the book beyond it: when more come, or it takes too long', async () => {
    const many = live(BY_ID);
    many.snapshot(5);
    many.numbered(7, 8, 9);
    expect(many.sync.live).toBe(true);
    many.numbered(10);
    expect([many.sync.live, many.breaks]).toMatchObject([false, [{ lost: { from: 6, to: 6 } }]]);

    const quiet = live(BY_ID);
    quiet.snapshot(5);
    quiet.numbered(7);
    await quiet.clock.advance(199);
    expect(quiet.sync.live).toBe(true);
    await quiet.clock.advance(1);
    expect([quiet.sync.live, quiet.breaks]).toMatchObject([false, [{ lost: { from: 6, to: 6 } }]]);
    expect(quiet.sync.waiting).toBe(1);
  });

  test('wait for a whole book in order, too, and those that it contains are dropped', () => {
    const { sync, clock, told, fates, snapshot, numbered, amount } = live(BY_ID);
    numbered(9, 7, 8);
    snapshot(7);
    expect([told, sync.sequence, amount(), fates.conflated]).toEqual([[8, 9], 9, '9', 1]);
    expect(clock.pending).toBe(0);
  });

  test('are lost with their connection', () => {
    const { sync, clock, fates, snapshot, numbered } = live(BY_ID);
    snapshot(5);
    numbered(8, 9);
    sync.reset();
    expect([sync.waiting, fates.lost, clock.pending]).toEqual([0, 2, 0]);
  });

  test('without one go on behind all that came before them', () => {
    const { sync, snapshot, timed } = live(BY_ID);
    snapshot();
    timed(1, 2);
    expect([sync.waiting, sync.live]).toEqual([0, true]);
  });
});

describe('updates put in order by time', () => {
  test('wait for as many as may belong before them, and no longer than they may', async () => {
    const { told, breaks, snapshot, timed, amount, clock, sync } = live(BY_TIME);
    snapshot(undefined, 100);
    timed(300, 200, 400);
    expect(told).toEqual([]);
    timed(350);
    expect(told).toEqual([200]);
    await clock.advance(200);
    expect([told, amount(), breaks]).toEqual([[200, 300, 350, 400], '400', []]);
    expect([sync.waiting, clock.pending]).toEqual([0, 0]);
  });

  test('that are in a whole book are not applied to it once more', async () => {
    const { told, snapshot, timed, clock, fates } = live(BY_TIME);
    snapshot(undefined, 100);
    timed(200, 300);
    snapshot(undefined, 250);
    await clock.advance(1_000);
    expect([told, fates.conflated]).toEqual([[300], 1]);
  });
});
