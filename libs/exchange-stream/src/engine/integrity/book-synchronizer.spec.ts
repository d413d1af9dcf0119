import { crc32 } from 'node:zlib';
import { VirtualClock, type BookLevel, type LostRange } from '@exchange-stream/market-data';
import type { BookLink, BookSeed, PriceBookRules } from '../../contract/index.ts';
import { BookSynchronizer, type RowFate } from './book-synchronizer.ts';
import { KeptLevels } from './kept-book.ts';

/** Binance's rule: an update covers the changes `first` to `last`. */
const linked: PriceBookRules = {
  kind: 'linked',
  seed: 'rest',
  follows: (sequence, { first = 0, last }) =>
    last <= sequence ? 'old' : first > sequence + 1 ? 'gap' : 'follows',
};

type Told =
  | { what: 'seed'; attempt: number }
  | { what: 'synced'; sequence: number | undefined; bids: readonly BookLevel[]; asks: readonly BookLevel[] }
  | { what: 'updated'; sequence: number | undefined }
  | { what: 'broken'; reason: string; lost: LostRange | undefined };

function synchronizer(rules: PriceBookRules = linked): {
  sync: BookSynchronizer;
  told: Told[];
  names: () => string[];
  fates: Record<RowFate, number>;
} {
  const told: Told[] = [];
  const fates = { conflated: 0, dropped: 0, lost: 0 };
  const sync: BookSynchronizer = new BookSynchronizer(
    new KeptLevels(),
    rules,
    {
      needSeed: (attempt) => told.push({ what: 'seed', attempt }),
      synced: () =>
        told.push({
          what: 'synced',
          sequence: sync.sequence,
          bids: sync.book.bids(),
          asks: sync.book.asks(),
        }),
      updated: (_time, sequence) => told.push({ what: 'updated', sequence }),
      broken: ({ reason, lost }) => void told.push({ what: 'broken', reason, lost }),
      became: (fate, rows) => {
        fates[fate] += rows;
      },
    },
    new VirtualClock(),
  );
  return { sync, told, fates, names: () => told.map(({ what }) => what) };
}

const link = (first: number, last: number): BookLink => ({ first, last });
const update = (sync: BookSynchronizer, first: number, last: number, bid = '10'): void =>
  sync.update(undefined, link(first, last), [[bid, String(last)]], []);
const seed = (sequence: number): BookSeed => ({ sequence, bids: [['10', 'seed']], asks: [['20', '1']] });

describe('a book seeded by REST', () => {
  test('holds updates back until the seed is there, drops the old ones and applies the rest in one go', () => {
    const { sync, told } = synchronizer();
    update(sync, 1, 3);
    update(sync, 4, 6);
    update(sync, 7, 9);
    sync.seeded(seed(5));
    expect(told).toEqual([
      { what: 'seed', attempt: 0 },
      { what: 'synced', sequence: 9, bids: [['10', '9']], asks: [['20', '1']] },
    ]);
    expect(sync.counters).toMatchObject({
      updates: 3,
      snapshots: 1,
      old: 1,
      linksOk: 2,
      breaks: { gap: 0, crossed: 0 },
    });
  });

  test('is live on a quiet market without any update', () => {
    const { sync, told } = synchronizer();
    sync.begin();
    sync.seeded(seed(5));
    expect(told).toEqual([
      { what: 'seed', attempt: 0 },
      { what: 'synced', sequence: 5, bids: [['10', 'seed']], asks: [['20', '1']] },
    ]);
    update(sync, 6, 6);
    expect(sync.sequence).toBe(6);
  });

  test('asks again when the seed is older than everything that waits', () => {
    const { sync, told } = synchronizer();
    update(sync, 10, 12);
    sync.seeded(seed(5));
    expect(sync.live).toBe(false);
    sync.seeded(seed(11));
    expect(told).toEqual([
      { what: 'seed', attempt: 0 },
      { what: 'seed', attempt: 1 },
      { what: 'synced', sequence: 12, bids: [['10', '12']], asks: [['20', '1']] },
    ]);
  });

  test('says what is lost when an update is missing, and lets nothing through before the next seed', () => {
    const { sync, told, names } = synchronizer();
    update(sync, 1, 5);
    sync.seeded(seed(5));
    update(sync, 6, 7);
    update(sync, 10, 11);
    update(sync, 12, 13);
    expect(names()).toEqual(['seed', 'synced', 'updated', 'broken', 'seed']);
    expect(told[3]).toEqual({
      what: 'broken',
      reason: 'updates 8 to 9 are missing',
      lost: { from: 8, to: 9 },
    });
    expect(sync.book.reader.depth).toEqual({ bids: 0, asks: 0 });
    sync.seeded(seed(11));
    expect(told.at(-1)).toMatchObject({ what: 'synced', sequence: 13 });
  });

  test('keeps what came after a hole that was found while seeding', () => {
    const { sync, told } = synchronizer();
    update(sync, 1, 5);
    update(sync, 8, 9);
    update(sync, 10, 11);
    sync.seeded(seed(4));
    expect(told.at(-2)).toMatchObject({ what: 'broken', lost: { from: 6, to: 7 } });
    sync.seeded(seed(9));
    expect(told.at(-1)).toMatchObject({ what: 'synced', sequence: 11 });
  });

  test('takes a repeated update for what it is', () => {
    const { sync, names, fates } = synchronizer();
    sync.begin();
    sync.seeded(seed(5));
    update(sync, 6, 7);
    expect(fates.dropped).toBe(0);
    update(sync, 6, 7);
    expect(fates).toEqual({ conflated: 0, dropped: 1, lost: 0 });
    expect(names()).toEqual(['seed', 'synced', 'updated']);
  });

  describe('with updates that are old by their number', () => {
    const at = (sync: BookSynchronizer, time: number | undefined, number: number): void =>
      sync.update(time, link(number, number), [['10', String(number)]], []);

    test('is built anew once one of them is later than the book', () => {
      const { sync, told, names, fates } = synchronizer();
      sync.begin();
      sync.seeded({ ...seed(100), exchangeTime: 5_000 });
      at(sync, 6_000, 101);
      at(sync, 6_100, 3);
      expect([sync.live, fates.dropped]).toEqual([true, 1]);
      at(sync, 6_101, 4);
      expect([sync.waiting, fates.dropped]).toEqual([1, 1]);
      expect(names()).toEqual(['seed', 'synced', 'updated', 'broken', 'seed']);
      expect(told[3]).toEqual({
        what: 'broken',
        reason: 'the numbers went back: update 4 is later than the book, which is at 101',
        lost: undefined,
      });
      sync.seeded(seed(3));
      expect(told.at(-1)).toMatchObject({ what: 'synced', sequence: 4 });
    });

    test('is given the time by which two clocks may differ, where its own is that of a seed', () => {
      const { sync, fates } = synchronizer();
      sync.begin();
      sync.seeded({ ...seed(100), exchangeTime: 5_000 });
      at(sync, 6_000, 3);
      expect([sync.live, fates.dropped]).toEqual([true, 1]);
      at(sync, 6_001, 4);
      expect([sync.live, sync.waiting]).toEqual([false, 1]);
    });

    test('is built anew when they go on for longer than a stream lags behind a seed of unknown time', () => {
      const { sync, names } = synchronizer();
      sync.begin();
      sync.seeded(seed(100));
      for (let number = 1; number <= 11; number++) at(sync, number * 1_000, number);
      expect(names()).toEqual(['seed', 'synced']);
      at(sync, 11_001, 12);
      expect(names()).toEqual(['seed', 'synced', 'broken', 'seed']);
    });

    test('counts anew for every seed how long they go on', () => {
      const { sync, names } = synchronizer();
      sync.begin();
      sync.seeded(seed(100));
      at(sync, 1_000, 1);
      sync.snapshot(undefined, link(200, 200), [['10', '1']], [['20', '1']]);
      at(sync, 50_000, 2);
      expect(names()).toEqual(['seed', 'synced', 'synced']);
    });

    test('is left as it is where they carry no time', () => {
      const { sync } = synchronizer();
      sync.begin();
      sync.seeded({ ...seed(100), exchangeTime: 5_000 });
      for (let number = 1; number < 50; number++) at(sync, undefined, number);
      expect(sync.live).toBe(true);
    });
  });

  test('never shows a crossed book', () => {
    const { sync, told, names } = synchronizer();
    sync.begin();
    sync.seeded(seed(5));
    update(sync, 6, 6, '20.0');
    expect(names()).toEqual(['seed', 'synced', 'broken', 'seed']);
    expect(told[2]).toMatchObject({ reason: 'the book is crossed: bid 20.0 at or above ask 20' });
    expect(sync.live).toBe(false);
  });

  test('never takes over a crossed seed', () => {
    const { sync, names } = synchronizer();
    sync.begin();
    sync.seeded({ sequence: 5, bids: [['21', '1']], asks: [['20', '1']] });
    expect(names()).toEqual(['seed', 'broken', 'seed']);
  });

  test('ignores a seed that comes after the connection was lost', () => {
    const { sync, names } = synchronizer();
    sync.begin();
    sync.reset();
    sync.seeded(seed(5));
    expect(names()).toEqual(['seed']);
    expect(sync.live).toBe(false);
  });

  test('waits longer between seeds while books do not hold, and forgets that once one does', () => {
    const { sync, told } = synchronizer();
    const attempts = (): number[] => told.flatMap((each) => (each.what === 'seed' ? [each.attempt] : []));
    sync.begin();
    sync.seeded(seed(5));
    update(sync, 8, 8);
    sync.seeded(seed(8));
    update(sync, 10, 10);
    expect(attempts()).toEqual([0, 1, 2]);
    sync.seeded(seed(10));
    for (let sequence = 11; sequence <= 111; sequence++) update(sync, sequence, sequence);
    update(sync, 200, 200);
    expect(attempts()).toEqual([0, 1, 2, 0]);
  });

  test('bounds what waits for a seed that does not come', () => {
    const { sync, told, fates } = synchronizer();
    for (let sequence = 1; sequence <= 10_001; sequence++) update(sync, sequence, sequence);
    expect(told.map(({ what }) => what)).toEqual(['seed', 'broken', 'seed']);
    expect([fates.lost, sync.waiting]).toEqual([10_000, 1]);
    sync.seeded(seed(10_000));
    expect(sync.sequence).toBe(10_001);
  });
});

describe('what has become of every row', () => {
  test('that waited for a whole book: it is in that book, or went with it', () => {
    const { sync, fates } = synchronizer();
    for (const last of [4, 5, 6]) update(sync, last, last);
    expect(sync.waiting).toBe(3);
    sync.seeded(seed(2));
    expect(fates).toEqual({ conflated: 0, dropped: 1, lost: 0 });
    sync.seeded(seed(4));
    expect([fates, sync.waiting]).toEqual([{ conflated: 3, dropped: 1, lost: 0 }, 0]);
    sync.seeded(seed(9));
    expect(fates.dropped).toBe(2);
  });

  test('that comes before a hole: it goes with the seed, while what came after waits on', () => {
    const { sync, fates } = synchronizer();
    for (const last of [4, 5, 8, 9]) update(sync, last, last);
    sync.seeded(seed(4));
    expect([fates, sync.waiting]).toEqual([{ conflated: 0, dropped: 0, lost: 3 }, 2]);
    sync.reset();
    expect([fates.lost, sync.waiting]).toEqual([5, 0]);
  });

  test('of a crossed book: lost, with what waited for it', () => {
    const { sync, fates } = synchronizer();
    update(sync, 6, 6, '20');
    sync.seeded(seed(5));
    expect(fates).toEqual({ conflated: 0, dropped: 0, lost: 2 });
    update(sync, 7, 7, '21');
    sync.snapshot(1, { last: 8 }, [['12', '1']], [['11', '1']]);
    expect(fates.lost).toBe(4);
    update(sync, 9, 9);
    sync.snapshot(1, { last: 9 }, [['10', '1']], [['11', '1']]);
    expect([fates, sync.waiting]).toEqual([{ conflated: 1, dropped: 0, lost: 4 }, 0]);
    update(sync, 10, 10, '11');
    expect(fates.lost).toBe(5);
  });
});

describe('a book that comes whole every time', () => {
  test('is replaced by every frame and links nothing', () => {
    const { sync, told } = synchronizer({ kind: 'whole' });
    sync.begin();
    sync.snapshot(1, { last: 7 }, [['10', '1']], [['11', '1']]);
    sync.snapshot(2, { last: 3 }, [['9', '1']], [['12', '1']]);
    expect(told).toEqual([
      { what: 'synced', sequence: 7, bids: [['10', '1']], asks: [['11', '1']] },
      { what: 'synced', sequence: 3, bids: [['9', '1']], asks: [['12', '1']] },
    ]);
  });

  test('is not shown while crossed, and is back with the next good frame', () => {
    const { sync, names } = synchronizer({ kind: 'whole' });
    sync.snapshot(1, undefined, [['12', '1']], [['11', '1']]);
    expect(sync.live).toBe(false);
    sync.snapshot(1, undefined, [['10', '1']], [['11', '1']]);
    expect(names()).toEqual(['broken', 'synced']);
  });
});

/** Kraken's recipe: asks, then bids, of each the digits of price and amount without what leads them. */
const CHECKED: PriceBookRules = {
  kind: 'linked',
  seed: 'stream',
  follows: () => 'follows',
  checksum: {
    levels: 10,
    of: (bids, asks) =>
      crc32(
        [...asks, ...bids]
          .flatMap(([price, amount]) => [price, amount])
          .map((text) => text.replace('.', '').replace(/^0+/, ''))
          .join(''),
      ),
  },
};

const levels = (...texts: string[]): BookLevel[] =>
  texts.map((text) => text.split('×') as [price: string, amount: string]);

/** Published by Kraken for its WebSocket v2, with the checksum 3310070434. */
const ASKS = levels(
  ...['45285.2×0.00100000', '45286.4×1.54571953', '45286.6×1.54571109', '45289.6×1.54560911'],
  ...['45290.2×0.15890660', '45291.8×1.54553491', '45294.7×0.04454749', '45296.1×0.35380000'],
  ...['45297.5×0.09945542', '45299.5×0.18772827'],
);
const BIDS = levels(
  ...['45283.5×0.10000000', '45283.4×1.54582015', '45282.1×0.10000000', '45281.0×0.10000000'],
  ...['45280.3×1.54592586', '45279.0×0.07990000', '45277.6×0.03310103', '45277.5×0.30000000'],
  ...['45277.3×1.54602737', '45276.6×0.15445238'],
);

describe('a book that the exchange proves by checksums', () => {
  test('that an update has crossed is told by its checksum, which is wrong as well', () => {
    const { sync, told } = synchronizer(CHECKED);
    sync.snapshot(1, { checksum: 3310070434 }, BIDS, ASKS);
    sync.update(2, { checksum: 17 }, levels('45285.2×0.1'), []);
    expect(told.at(-2)).toMatchObject({
      what: 'broken',
      reason: expect.stringMatching(/^the checksum/) as string,
    });
    expect(sync.counters).toMatchObject({ breaks: { checksum: 1, crossed: 0 } });
  });

  test('is live where they agree, with a sign or without', () => {
    const { sync, names } = synchronizer(CHECKED);
    sync.snapshot(1, { checksum: 3310070434 }, BIDS, ASKS);
    sync.snapshot(2, { checksum: 3310070434 - 2 ** 32 }, BIDS, ASKS);
    expect(names()).toEqual(['synced', 'synced']);
    expect(sync.counters).toMatchObject({ checksumsOk: 2, breaks: { checksum: 0 } });
  });

  test('never shows what they do not agree with, and starts anew', () => {
    const { sync, told, names } = synchronizer(CHECKED);
    sync.snapshot(1, { checksum: 3310070434 }, BIDS, ASKS);
    sync.update(2, { checksum: 17 }, levels('45283.5×0.2'), []);
    expect(names()).toEqual(['synced', 'broken', 'seed']);
    expect(told[1]).toMatchObject({
      reason: expect.stringMatching(
        /^the checksum of the book is -?\d+, and that of the exchange 17$/,
      ) as string,
    });
    expect(sync.book.reader.depth).toEqual({ bids: 0, asks: 0 });
    expect(sync.counters).toMatchObject({ checksumsOk: 1, breaks: { checksum: 1 } });
    sync.snapshot(3, { checksum: 3310070434 }, BIDS, ASKS);
    expect(sync.live).toBe(true);
  });

  test('is proved by one that comes by itself, of which nothing is told', () => {
    const { sync, names, fates } = synchronizer(CHECKED);
    sync.snapshot(1, undefined, BIDS, ASKS);
    sync.update(2, { checksum: 3310070434 }, [], []);
    expect(names()).toEqual(['synced']);
    expect(sync.counters).toMatchObject({ updates: 0, checksumsOk: 1 });
    expect(fates).toEqual({ conflated: 0, dropped: 1, lost: 0 });
    sync.update(3, { checksum: 17 }, [], []);
    expect(names()).toEqual(['synced', 'broken', 'seed']);
    // It is of a book that is gone.
    sync.update(4, { checksum: 17 }, [], []);
    expect(names()).toEqual(['synced', 'broken', 'seed']);
    expect(fates).toEqual({ conflated: 0, dropped: 2, lost: 1 });
  });

  test('never takes over a whole book that they do not agree with', () => {
    const { sync, names } = synchronizer(CHECKED);
    sync.snapshot(1, { checksum: 3310070435 }, BIDS, ASKS);
    expect(names()).toEqual(['broken', 'seed']);
  });

  test('never goes live on a seed with updates that they do not agree with', () => {
    const { sync, names } = synchronizer({ ...CHECKED, seed: 'rest' });
    sync.update(1, { last: 5, checksum: 17 }, levels('45283.5×0.2'), []);
    sync.seeded({ sequence: 4, bids: BIDS, asks: ASKS });
    expect(names()).toEqual(['seed', 'broken', 'seed']);
  });

  test('is not judged where there is none, and none is 0 too', () => {
    const { sync } = synchronizer(CHECKED);
    sync.snapshot(1, undefined, BIDS, ASKS);
    sync.update(2, { checksum: 0 }, levels('45283.5×0.2'), []);
    expect(sync.live).toBe(true);
    expect(sync.counters).toMatchObject({ checksumsOk: 0, breaks: { checksum: 0 } });
  });

  test('has only so many levels, and says what was pushed out of them', () => {
    const changes: unknown[] = [];
    const sync = new BookSynchronizer(
      new KeptLevels(),
      { ...CHECKED, depth: 10 },
      {
        needSeed: () => undefined,
        synced: () => undefined,
        updated: (_time, _sequence, bids, asks) => changes.push([bids, asks]),
        broken: () => undefined,
        became: () => undefined,
      },
      new VirtualClock(),
    );
    sync.snapshot(1, { checksum: 3310070434 }, [...BIDS, ...levels('45000.0×1.00000000')], ASKS);
    expect(sync.counters.checksumsOk).toBe(1);
    sync.update(2, undefined, levels('45284.0×2.00000000'), []);
    expect(changes).toEqual([[levels('45284.0×2.00000000', '45276.6×0'), []]]);
    sync.update(3, { checksum: 3310070434 }, levels('45284.0×0', '45276.6×0.15445238'), []);
    expect(sync.counters).toMatchObject({ checksumsOk: 2, breaks: { checksum: 0 } });
  });
});

describe('a book of which REST gives only so many levels', () => {
  const CUT: PriceBookRules = { ...linked, kind: 'linked', seedDepth: 4 };
  const asks = (from: number): BookLevel[] =>
    Array.from({ length: 4 }, (_, index): BookLevel => [String(from + index), '1']);
  const cutOff = (sequence: number, from = 20): BookSeed => ({
    sequence,
    bids: [['10', '1']],
    asks: asks(from),
  });
  /** The best ask is taken. */
  const take = (sync: BookSynchronizer, sequence: number, price: number): void =>
    sync.update(undefined, link(sequence, sequence), [], [[String(price), '0']]);

  test('is refreshed, and stays live, before the market has moved through half of them', () => {
    const { sync, told, fates } = synchronizer(CUT);
    sync.begin();
    sync.seeded(cutOff(5));
    take(sync, 6, 20);
    take(sync, 7, 21);
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(1);
    take(sync, 8, 22);
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(2);
    expect(sync.live).toBe(true);
    // Between the question and the answer, of which the answer has the first only.
    sync.update(undefined, link(9, 9), [['11', '9']], []);
    sync.update(undefined, link(10, 10), [['12', '10']], []);
    sync.seeded({
      sequence: 9,
      bids: [
        ['11', '9'],
        ['10', '1'],
      ],
      asks: asks(23),
    });
    expect(told.at(-1)).toEqual({
      what: 'synced',
      sequence: 10,
      bids: [
        ['12', '10'],
        ['11', '9'],
        ['10', '1'],
      ],
      asks: asks(23),
    });
    expect(told.some(({ what }) => what === 'broken')).toBe(false);
    expect(fates).toEqual({ conflated: 0, dropped: 0, lost: 0 });
    update(sync, 11, 11);
    expect(sync.sequence).toBe(11);
  });

  test.each([
    ['older than what came since it was asked for', 6],
    ['older than the book', 7],
  ])('goes on as it is when its fresh seed is %s', (_, sequence) => {
    const { sync, told, fates } = synchronizer(CUT);
    sync.begin();
    sync.seeded(cutOff(5));
    for (const [index, price] of [20, 21, 22].entries()) take(sync, 6 + index, price);
    if (sequence === 6) update(sync, 9, 9);
    sync.seeded(cutOff(sequence, 99));
    expect(sync.live).toBe(true);
    expect(sync.book.reader.bestAsk).toEqual(['23', '1']);
    expect(told.filter(({ what }) => what === 'synced')).toHaveLength(1);
    expect(fates.dropped).toBe(1);
    // Asked again, and not at once.
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(2);
    const next = sequence === 6 ? 10 : 9;
    for (let more = 0; more < 100; more++) update(sync, next + more, next + more);
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(3);
  });

  test('asks anew for a fresh seed that is not there after 500 updates, and keeps no more for it', () => {
    const { sync, told } = synchronizer(CUT);
    sync.begin();
    sync.seeded(cutOff(5));
    for (const [index, price] of [20, 21, 22].entries()) take(sync, 6 + index, price);
    for (let sequence = 9; sequence <= 509; sequence++) update(sync, sequence, sequence);
    // Nothing is left that would lead from this one to the book.
    sync.seeded(cutOff(8, 99));
    expect(sync.book.reader.bestAsk).toEqual(['23', '1']);
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(2);
    for (let sequence = 510; sequence < 610; sequence++) update(sync, sequence, sequence);
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(3);
    sync.seeded({ ...cutOff(609, 23), bids: [['10', '1']] });
    expect(told.filter(({ what }) => what === 'synced')).toHaveLength(2);
  });

  test('is left when the market gets behind them before a fresh seed is there', () => {
    const { sync, told } = synchronizer(CUT);
    sync.begin();
    sync.seeded(cutOff(5));
    sync.update(undefined, link(6, 6), [], [['30', '1']]);
    for (const [index, price] of [20, 21, 22, 23].entries()) take(sync, 7 + index, price);
    expect(sync.live).toBe(false);
    expect(told.at(-2)).toMatchObject({
      what: 'broken',
      reason: expect.stringContaining('behind') as unknown,
    });
    expect(sync.counters.breaks.reach).toBe(1);
  });

  test('needs nothing where they are all that there are', () => {
    const { sync, told } = synchronizer({ ...linked, kind: 'linked', seedDepth: 5 });
    sync.begin();
    sync.seeded(cutOff(5));
    for (const [index, price] of [20, 21, 22, 23].entries()) take(sync, 6 + index, price);
    expect(sync.live).toBe(true);
    expect(told.filter(({ what }) => what === 'seed')).toHaveLength(1);
  });
});
