import { VirtualClock, type BookLevel } from '@exchange-stream/market-data';
import type { BookLink, BookSeed, PriceBookRules } from '../../contract/index.ts';
import { missingBefore, type BookBreak } from './book-break.ts';
import { BookSynchronizer } from './book-synchronizer.ts';
import { KeptLevels } from './kept-book.ts';

/** Each update counts up by one. */
const counted: PriceBookRules = {
  kind: 'linked',
  seed: 'rest',
  follows: (sequence, { last }) => (last <= sequence ? 'old' : last === sequence + 1 ? 'follows' : 'gap'),
};
/** Nothing numbers them. */
const unnumbered: PriceBookRules = { kind: 'linked', seed: 'stream', follows: () => 'follows' };

const BIDS: BookLevel[] = [['10', '1']];
const ASKS: BookLevel[] = [['20', '1']];
const seed = (sequence: number, exchangeTime?: number): BookSeed => ({
  ...{ sequence, bids: BIDS, asks: ASKS },
  ...(exchangeTime !== undefined && { exchangeTime }),
});

/** A book that is live at 5, or with whatever rules and seed. */
function live(rules = counted): { sync: BookSynchronizer; breaks: BookBreak[]; seeds: unknown[] } {
  const breaks: BookBreak[] = [];
  const seeds: unknown[] = [];
  const sync = new BookSynchronizer(
    new KeptLevels(),
    rules,
    {
      needSeed: (...needed) => void seeds.push(needed),
      synced: () => undefined,
      updated: () => undefined,
      broken: (broken) => void breaks.push(broken),
      became: () => undefined,
    },
    new VirtualClock(),
  );
  sync.begin();
  if (rules.kind === 'linked' && rules.seed === 'rest') sync.seeded(seed(5));
  else sync.snapshot(1, {}, BIDS, ASKS);
  expect(sync.live).toBe(true);
  return { sync, breaks, seeds };
}

const update = (
  sync: BookSynchronizer,
  last: number | undefined,
  bids: readonly BookLevel[] = [['9', '1']],
  time?: number,
): void => sync.update(time, last === undefined ? {} : { last }, bids, []);

describe('a book is wrong, and said to be, from the moment when', () => {
  test.each(['0', '0.000', '-1', '-0.5'])('a level has the price %s', (price) => {
    const { sync, breaks, seeds } = live();
    update(sync, 6, [
      ['9.5', '1'],
      [price, '1'],
    ]);
    expect([sync.live, sync.book.reader.depth]).toEqual([false, { bids: 0, asks: 0 }]);
    expect(breaks).toEqual([{ kind: 'price', reason: `a level has the price ${price}` }]);
    expect(seeds.at(-1)).toEqual([1, breaks[0]]);
    expect(sync.counters.breaks.price).toBe(1);
  });

  test('but not for a rate of funding, which may be zero', () => {
    const { sync, breaks } = live();
    update(sync, 6, [['0', '1', 1, 30]]);
    expect([sync.live, breaks]).toEqual([true, []]);
  });

  test('its snapshot, or the seed from REST, has such a price', () => {
    const streamed = live(unnumbered);
    streamed.sync.snapshot(2, {}, [['0', '1']], ASKS);
    expect([streamed.sync.live, streamed.breaks[0]?.kind]).toEqual([false, 'price']);
    const { sync, breaks, seeds } = live();
    update(sync, 9);
    sync.seeded({ ...seed(8), asks: [['-3', '1']] });
    expect([sync.live, breaks.length]).toEqual([false, 1]);
    expect(seeds.at(-1)).toMatchObject([2, { kind: 'price' }]);
    sync.seeded(seed(8));
    expect(sync.sequence).toBe(9);
  });

  test('its best bid and best ask are the same', () => {
    const { sync, breaks } = live();
    update(sync, 6, [['20.00', '1']]);
    expect([sync.live, breaks[0]?.kind]).toEqual([false, 'crossed']);
  });

  test('a row could not be read, as that is a change which it does not contain', () => {
    for (const rules of [counted, unnumbered]) {
      const { sync, breaks, seeds } = live(rules);
      sync.rejected('no amount');
      expect([sync.live, breaks]).toEqual([
        false,
        [{ kind: 'malformed', reason: 'a row could not be read: no amount' }],
      ]);
      expect(seeds.at(-1)).toMatchObject([1, { kind: 'malformed' }]);
    }
  });

  test('frames are missing that may have been its own', () => {
    const { sync, breaks } = live(unnumbered);
    expect(sync.missed('frames 2 to 3 of the connection are missing')).toBe(false);
    expect([sync.live, breaks[0]?.kind]).toEqual([false, 'gap']);
  });
});

describe('a book that comes whole every time', () => {
  test('is not wrong for a row that could not be read', () => {
    const { sync, breaks } = live({ kind: 'whole' });
    sync.rejected('no amount');
    expect([sync.live, breaks]).toEqual([true, []]);
  });

  test('has to be asked for where a frame is missing: nobody else brings the next one', () => {
    const { sync } = live({ kind: 'whole' });
    expect(sync.missed('frames 2 to 3 of the connection are missing')).toBe(true);
    expect(sync.live).toBe(false);
  });
});

describe('only a book without numbers cannot show that', () => {
  test.each([
    ['counted', counted, false],
    ['unnumbered', unnumbered, true],
    ['whole', { kind: 'whole' }, false],
  ] as const)('a frame was its own that could not be read: %s', (_name, rules, isUnproven) => {
    expect(live(rules).sync.isUnproven).toBe(isUnproven);
  });
});

describe('numbers of another count', () => {
  const link = (last: number, first?: number): BookLink => ({ last, ...(first !== undefined && { first }) });

  test('are no loss of as many updates as lie between', () => {
    expect(missingBefore(5, link(9))).toMatchObject({ kind: 'gap', lost: { from: 6, to: 8 } });
    expect(missingBefore(5, link(9, 8))).toMatchObject({ lost: { from: 6, to: 7 } });
    const leap = missingBefore(5, link(2 ** 45));
    expect(leap).toEqual({
      kind: 'count',
      reason: `the numbers leapt: update ${2 ** 45} came when the book was at 5`,
    });
    expect(missingBefore(2 ** 45, link(5))).toEqual({ kind: 'gap', reason: 'an update is missing' });
    expect(missingBefore(undefined, link(5))).not.toHaveProperty('lost');
  });

  test('break a book though they say no time, once there are more than ever lag behind a seed', () => {
    const { sync, breaks } = live();
    for (let count = 1; count <= 1_000; count++) update(sync, 1);
    expect(sync.live).toBe(true);
    update(sync, 1);
    expect([sync.live, breaks[0]?.kind]).toEqual([false, 'count']);
  });

  test('leave behind what waited with the old ones, which no seed could continue', () => {
    const { sync, seeds } = live();
    update(sync, 100, undefined, 1_000);
    update(sync, 101, undefined, 1_100);
    update(sync, 1, undefined, 1_200);
    update(sync, 2, undefined, 1_300);
    expect(sync.waiting).toBe(2);
    const asked = seeds.length;
    sync.seeded(seed(1, 1_250));
    expect([sync.live, sync.sequence, seeds.length]).toEqual([true, 2, asked]);
  });

  test('make a seed of the old ones useless, however new its number looks', () => {
    const { sync, seeds } = live();
    update(sync, 100, undefined, 1_000);
    update(sync, 1, undefined, 9_000);
    sync.seeded(seed(100, 1_050));
    expect(sync.live).toBe(false);
    expect(seeds.at(-1)).toMatchObject([2, { kind: 'count' }]);
    sync.seeded(seed(1, 9_100));
    expect([sync.live, sync.sequence]).toEqual([true, 1]);
  });
});
