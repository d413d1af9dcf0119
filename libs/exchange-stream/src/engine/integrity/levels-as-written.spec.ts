import { crc32 } from 'node:zlib';
import { OrderBook, VirtualClock, type BookLevel } from '@exchange-stream/market-data';
import type { LevelsOnTheWire, PriceBookRules } from '../../contract/index.ts';
import { BookSynchronizer } from './book-synchronizer.ts';
import { KeptLevels } from './kept-book.ts';
import { LevelsAsWritten } from './levels-as-written.ts';

const levels = (...texts: string[]): BookLevel[] =>
  texts.map((text) => text.split('×') as [price: string, amount: string]);

/** Levels by their texts, and what stood for them on the wire where that is otherwise. */
function written(texts: Record<string, string | undefined>): [BookLevel[], LevelsOnTheWire] {
  const onTheWire = new Map<BookLevel, BookLevel>();
  const plain = Object.entries(texts).flatMap(([text, wire]) => {
    const [level] = levels(text);
    const [onWire] = wire === undefined ? [] : levels(wire);
    if (level && onWire) onTheWire.set(level, onWire);
    return level ? [level] : [];
  });
  return [plain, onTheWire];
}

/** The checksum of a text in which the best two levels of a side stand as they came. */
const of = (bids: readonly BookLevel[], asks: readonly BookLevel[]): number =>
  crc32(JSON.stringify([bids, asks]));
const RULES: PriceBookRules = {
  ...{ kind: 'linked', seed: 'stream', follows: () => 'follows', depth: 2 },
  checksum: { levels: 2, of },
};
const ASKS = levels('1×1');

describe('levels that the exchange writes otherwise than in plain notation', () => {
  test('are told plainly, and in checksums as they came', () => {
    const breaks: string[] = [];
    const hooks = { needSeed: jest.fn(), synced: jest.fn(), updated: jest.fn(), became: jest.fn() };
    const sync = new BookSynchronizer(
      new KeptLevels(),
      RULES,
      { ...hooks, broken: ({ kind }) => void breaks.push(kind) },
      new VirtualClock(),
    );
    const [bids, asWritten] = written({ '0.0000007×1': '7e-7×1', '0.0000006×2': '6E-7×2.0' });
    sync.snapshot(1, { asWritten, checksum: of(levels('7e-7×1', '6E-7×2.0'), ASKS) }, bids, ASKS);
    expect(sync.book.bids()).toEqual(levels('0.0000007×1', '0.0000006×2'));

    const [better, wire] = written({ '0.0000008×1': '8e-7×1' });
    sync.update(2, { asWritten: wire, checksum: of(levels('8e-7×1', '7e-7×1'), ASKS) }, better, []);
    // Written plainly from here on.
    const plain = levels('0.0000007×4');
    sync.update(3, { checksum: of(levels('8e-7×1', '0.0000007×4'), ASKS) }, plain, []);
    // What was pushed out behind the depth is back, and what stood there before it has gone.
    const [back, again] = written({ '0.0000007×0': '7e-7×0', '0.0000006×5': undefined });
    sync.update(4, { asWritten: again, checksum: of(levels('8e-7×1', '0.0000006×5'), ASKS) }, back, []);
    expect([sync.counters.checksumsOk, breaks]).toEqual([4, []]);

    sync.update(5, { checksum: of(levels('0.0000008×1', '0.0000006×5'), ASKS) }, [], []);
    expect(breaks).toEqual(['checksum']);
  });

  test('are forgotten with their book', () => {
    const book = new KeptLevels();
    const [bids, asWritten] = written({ '0.0000007×1': '7e-7×1' });
    for (const forget of [() => book.applySnapshot(levels('0.0000007×1'), []), () => book.clear()]) {
      book.applySnapshot(bids, [], asWritten);
      expect(book.written(1).bids).toEqual(levels('7e-7×1'));
      forget();
      book.applyUpdate([], []);
      expect(book.written(1).bids).not.toEqual(levels('7e-7×1'));
    }
  });

  test('are no more than there are in the book, however many have been', () => {
    const book = new OrderBook();
    const side = new LevelsAsWritten(book.side('bids'));
    for (let price = 1; price <= 1_000; price++) {
      const [bids, asWritten] = written({ [`0.${String(price).padStart(7, '0')}×1`]: `${price}e-7×1` });
      book.applyUpdate(bids, []);
      book.trim(2);
      side.changed(bids, asWritten);
      expect(side.size).toBeLessThanOrEqual(2);
    }
    expect(side.of(book.bids())).toEqual(levels('1000e-7×1', '999e-7×1'));
  });
});
