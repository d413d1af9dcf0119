import assert from 'node:assert/strict';
import type { AcceptanceCard } from '../card.ts';
import type { Stage } from '../stage/stage.ts';
import type { Declared } from '../subject.ts';

const MINUTE = 60_000;

const needsBook = (declared: Declared): string | undefined => (declared.book ? undefined : 'no books');
const needsLinks = (declared: Declared): string | undefined =>
  declared.book?.kind === 'linked' ? undefined : 'books come whole every time';
const needsWholeAgain = (declared: Declared): string | undefined =>
  declared.book?.kind === 'linked' && declared.book.comesWholeAgain === true
    ? undefined
    : 'books come whole where they begin, and nowhere else';
const needsRestSeed = (declared: Declared): string | undefined =>
  declared.book?.kind === 'linked' && declared.book.seed === 'rest'
    ? undefined
    : 'books are not seeded by REST';

/** Books are right, or say that they are not. */
export const BOOKS: readonly AcceptanceCard[] = [
  {
    number: 21,
    name: 'book seed: a book of every variant equals the one of the exchange, whenever the market stands still',
    exempt: needsBook,
    async play(stage: Stage, declared: Declared): Promise<void> {
      for (const instrument of declared.instruments) {
        const declaration = declared.adapter.channels.book;
        if (!declaration || !declared.isOf(declaration, instrument)) continue;
        const books = declared.variants(declaration, instrument).map((params) => ({
          book: stage.follow('book', params, instrument),
          instrument,
        }));
        await stage.untilLive(books.map(({ book }) => book));
        await stage.pass(5_000);
        for (const { book } of books) {
          await stage.expectBook(book, instrument);
          void book.handle.unsubscribe();
        }
      }
    },
  },
  {
    number: 22,
    name: 'gap: a missing update is noticed by the next one, told, and mended',
    exempt: (declared: Declared): string | undefined =>
      needsLinks(declared) ?? (declared.showsLoss ? undefined : 'nothing shows that an update is missing'),
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      const { topic } = book;
      // The first update may have a rule of its own.
      await stage.pass(5_000);
      const told = book.states.length;
      stage.inject({ type: 'drop-frames', topic, count: 1 });
      await stage.until('the gap is told', () => book.states.slice(told).includes('gap'));
      // A book that is wrong would cross before long: that is too late.
      assert.doesNotMatch(book.gaps.at(-1) ?? '', /crossed/, 'no link and no checksum has shown it');
      await stage.untilLive();
      await stage.expectBook(book);
    },
  },
  {
    number: 23,
    name: 'repeated and reversed updates: a book stays right, or is built anew',
    exempt: needsLinks,
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      const { topic } = book;
      stage.inject({ type: 'duplicate-frames', topic, count: 5 });
      await stage.pass(5_000);
      stage.inject({ type: 'reorder-frames', topic, count: 3 });
      await stage.pass(5_000);
      await stage.untilLive();
      await stage.expectBook(book);
    },
  },
  {
    number: 24,
    name: 'begun anew: the whole book of a fresh connection replaces all that was there',
    exempt: needsBook,
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      for (let time = 0; time < 3; time++) {
        stage.inject({ type: 'cut' });
        await stage.pass(1_000);
        await stage.untilLive();
      }
      await stage.expectBook(book);
    },
  },
  {
    number: 25,
    name: 'checksum: another amount, which nothing else tells, is noticed at once',
    exempt: (declared: Declared): string | undefined =>
      declared.book?.kind === 'linked' && declared.book.checksum && !declared.book.checksum.isRetired
        ? undefined
        : 'no checksums',
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      const { topic } = book;
      const told = book.states.length;
      stage.inject({ type: 'spoil-books', how: 'wrong-amount', topic, count: 1 });
      await stage.until('the gap is told', () => book.states.slice(told).includes('gap'));
      await stage.untilLive();
      await stage.expectBook(book);
    },
  },
  {
    number: 26,
    name: 'crossed, locked and impossible books are never shown',
    exempt: needsBook,
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      const { topic } = book;
      for (const how of ['crossed', 'locked', 'zero-price', 'negative-price'] as const) {
        stage.inject({ type: 'spoil-books', how, topic, count: 1 });
        await stage.pass(10_000);
        await stage.untilLive();
      }
      await stage.expectBook(book);
    },
  },
  {
    number: 27,
    name: 'REST seeds that are old, slow, refused or broken: a book waits, and is right then',
    exempt: needsRestSeed,
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      for (const fault of [
        { type: 'rest-stale-book', forMs: 10_000 },
        { type: 'rest-slow', delayMs: 3_000, count: 1 },
        { type: 'rest-status', status: 503, count: 2 },
        { type: 'rest-corrupt', how: 'truncated', count: 1 },
      ] as const) {
        stage.inject(fault);
        stage.inject({ type: 'cut' });
        await stage.pass(1_000);
        await stage.untilLive(undefined, 2 * MINUTE);
      }
      await stage.expectBook(book);
      assert.deepEqual(book.broken, []);
    },
  },
  {
    number: 28,
    name: 'snapshot in mid-stream: a whole book that nobody asked for replaces all before it, and nothing is lost',
    exempt: needsWholeAgain,
    async play(stage: Stage): Promise<void> {
      const book = await stage.live('book');
      const { topic } = book;
      await stage.pass(5_000);
      const [told, whole] = [book.states.length, book.snapshots];
      // Changes that no link can miss, as the whole book comes before the next one: only that it counts makes up for them.
      const missing = stage.inject({ type: 'stall', topic });
      await stage.pass(3_000);
      stage.exchange.market.pause();
      await stage.pass(1_000);
      assert.ok(missing.hits > 0, 'there were no changes');
      missing.clear();
      stage.inject({ type: 'resend-books' });
      await stage.until('the whole book is told', () => book.snapshots > whole);
      stage.exchange.market.resume();
      await stage.pass(5_000);
      assert.deepEqual(book.states.slice(told), [], 'a state was told');
      await stage.expectBook(book);
      stage.inject({ type: 'recount-books' });
      await stage.pass(5_000);
      assert.deepEqual(book.states.slice(told), [], 'a state was told as the updates were counted anew');
      await stage.expectBook(book);
    },
  },
];
