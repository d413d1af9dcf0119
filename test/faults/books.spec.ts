import type { Fault } from '@exchange-stream/simulator';
import {
  BOOK,
  EVERY_BOOK,
  FROM_REST,
  FROM_STREAM,
  playBooks,
  type BookDialect,
  type BookOutcome,
} from './book-case.ts';
import { measured } from './measured.ts';

const OUTAGE_MS = 30_000;
/** What the engine lets wait at most. */
const MOST_WAITING = 10_000;
/** Of the network in memory. */
const LATENCY_MS = 5;

/** What becomes of requests for books. */
const REFUSALS: Readonly<Record<string, Extract<Fault, { type: 'rest-status' | 'rest-slow' }>>> = {
  'refused by 429 with Retry-After': { type: 'rest-status', status: 429, retryAfterSeconds: 5 },
  'refused by 429': { type: 'rest-status', status: 429 },
  'refused by 503': { type: 'rest-status', status: 503 },
  '30 s late': { type: 'rest-slow', delayMs: 30_000 },
};

/** One break, and nobody but this book is told of it. */
const ONE_BREAK = [`${BOOK} gap`, `${BOOK} live`];

function note(number: number, fault: string, { detectedMs, backMs }: BookOutcome, outcome: string): void {
  measured({ case: number, fault, ...(detectedMs !== undefined && { detectedMs }), backMs, outcome });
}

/** Every dialect with every one of these. */
function each<T>(books: readonly BookDialect[], what: readonly T[]): [BookDialect, T][] {
  return books.flatMap((one) => what.map((other): [BookDialect, T] => [one, other]));
}

describe('faults of books', () => {
  test.each(EVERY_BOOK)('case 22: a missing update is found by the next frame (`%s`)', async (books) => {
    const outcome = await playBooks(22, { books }, async ({ exchange, clock }) => {
      exchange.faults.inject({ type: 'drop-frames', topic: BOOK, count: 1 });
      await clock.advance(2_000);
    });
    // Where only frames are numbered, it may be any topic of the connection that has lost something.
    if (books === 'none') expect(outcome.told).toEqual(expect.arrayContaining(ONE_BREAK));
    else expect(outcome.told).toEqual(ONE_BREAK);
    expect(outcome.detectedMs).toBeLessThan(2_000);
    note(22, `an update is missing (${books})`, outcome, 'gap, whole book, live; no update in between');
  });

  test.each(EVERY_BOOK)('case 23: updates that come twice change nothing (`%s`)', async (books) => {
    const outcome = await playBooks(23, { books }, async ({ exchange, clock }) => {
      const fault = exchange.faults.inject({ type: 'duplicate-frames', topic: BOOK, count: 5 });
      await clock.advance(10_000);
      expect(fault.hits).toBe(5);
    });
    expect(outcome.told).toEqual([]);
    note(23, `updates come twice (${books})`, outcome, 'no status, the same book');
  });

  test.each(each(EVERY_BOOK, [2, 3, 4]))(
    'case 24: updates in another order lead to the same book (`%s`, %d reversed)',
    async (books, count) => {
      const outcome = await playBooks(24, { books }, async ({ exchange, clock }) => {
        exchange.faults.inject({ type: 'reorder-frames', topic: BOOK, count });
        await clock.advance(5_000);
      });
      if (books !== 'none') expect([[], ONE_BREAK]).toContainEqual(outcome.told);
      note(24, `${count} updates reversed (${books})`, outcome, 'put in order, or gap and a whole book');
    },
  );
});

describe('whole books that do not fit', () => {
  const UNFIT = ['older', 'newer'] as const;
  test.each(each(FROM_REST, UNFIT))(
    'case 25: a REST book that is %2$s than all that waits is judged by the rule (`%1$s`)',
    async (books, age) => {
      const outcome = await playBooks(25, { books }, async (world) => {
        const { exchange, clock } = world;
        if (age === 'older') {
          exchange.faults.inject({ type: 'rest-stale-book', forMs: 6_000 });
          await clock.advance(2_000);
        }
        exchange.faults.inject({ type: 'drop-frames', topic: BOOK, count: 1 });
        // Behind the one that is missing, so that REST is ahead of all that follows it.
        if (age === 'newer')
          exchange.faults.inject({ type: 'delay-frames', topic: BOOK, delayMs: 3_000, forMs: 6_000 });
        await clock.advance(3_900);
        if (age === 'older') expect(world.view(BOOK).data).toBe('gap');
        await clock.advance(6_000);
      });
      note(25, `REST book ${age} than what waits (${books})`, outcome, 'asked for anew until it fits');
    },
  );

  test.each(each(FROM_REST, Object.keys(REFUSALS)))(
    'case 26: while REST books are %2$s, updates wait and nothing is shown (`%1$s`)',
    async (books, how) => {
      let waited = 0;
      const outcome = await playBooks(26, { books }, async (world) => {
        const { exchange, clock } = world;
        exchange.faults.inject({ ...REFUSALS[how]!, path: '/api/book', forMs: OUTAGE_MS });
        exchange.faults.inject({ type: 'drop-frames', topic: BOOK, count: 1 });
        await clock.advance(2_000);
        const { delivered } = world.view(BOOK).counters;
        await clock.advance(OUTAGE_MS - 3_000);
        const { data, counters } = world.view(BOOK);
        waited = counters.waiting;
        expect([data, world.book.latest(), counters.delivered]).toEqual(['gap', undefined, delivered]);
        await clock.advance(1_000);
      });
      expect(waited).toBeGreaterThan(20);
      expect(waited).toBeLessThanOrEqual(MOST_WAITING);
      expect(outcome.told).toEqual(ONE_BREAK);
      note(26, `REST books ${how} (${books})`, outcome, `${waited} updates waited, none shown`);
    },
  );

  test.each(FROM_STREAM)(
    'case 26: while the whole book of the stream is lost, nothing is shown (`%s`)',
    async (books) => {
      const outcome = await playBooks(26, { books }, async (world) => {
        const { exchange, clock } = world;
        world.loses = (frame) => frame.includes(BOOK) && frame.includes('"snapshot"');
        exchange.faults.inject({ type: 'spoil-books', how: 'crossed', topic: BOOK, count: 1 });
        await clock.advance(2_000);
        const { delivered } = world.view(BOOK).counters;
        await clock.advance(3_000);
        const { data, counters } = world.view(BOOK);
        expect([data, world.book.latest(), counters.delivered]).toEqual(['gap', undefined, delivered]);
        await clock.advance(25_000);
        world.loses = () => false;
      });
      note(
        26,
        `whole books of the stream are lost (${books})`,
        outcome,
        'asked for again and again, none shown',
      );
    },
  );
});

describe('books that are wrong in themselves', () => {
  test.each(each(EVERY_BOOK, ['wrong-amount', 'wrong-checksum'] as const))(
    'case 27: a checksum that does not agree is found by its own message (`%s`, %s)',
    async (books, how) => {
      const outcome = await playBooks(27, { books, checksums: true }, async ({ exchange, clock }) => {
        exchange.faults.inject({ type: 'spoil-books', how, topic: BOOK, count: 1 });
        await clock.advance(3_000);
      });
      expect(outcome.told).toEqual(ONE_BREAK);
      expectOwnMessage(outcome);
      expect(outcome.breaks.checksum).toBe(1);
      note(27, `${how} (${books})`, outcome, 'found by the message itself, whole book, live');
    },
  );

  test.each(EVERY_BOOK)(
    'case 27: after three that do not agree within a minute the book is had from another connection (`%s`)',
    async (books) => {
      let moved = '';
      const outcome = await playBooks(27, { books, checksums: true }, async (world) => {
        const { exchange, clock } = world;
        const before = world.view(BOOK).connection;
        for (let spoiled = 0; spoiled < 3; spoiled++) {
          expect(world.view(BOOK).connection).toBe(before);
          exchange.faults.inject({ type: 'spoil-books', how: 'wrong-checksum', topic: BOOK, count: 1 });
          await clock.advance(9_000);
        }
        const { connection } = world.view(BOOK);
        expect(connection).not.toBe(before);
        expect(connection).toBeDefined();
        moved = `${before} → ${connection}`;
      });
      expect(outcome.breaks.checksum).toBe(3);
      expect(outcome.told.filter((told) => !told.startsWith(BOOK))).toEqual([]);
      note(27, `three bad checksums within a minute (${books})`, outcome, `book taken elsewhere: ${moved}`);
    },
  );

  test.each(each(EVERY_BOOK, ['crossed', 'locked', 'zero-price', 'negative-price'] as const))(
    'case 28: a book that cannot be is never shown (`%s`, %s)',
    async (books, how) => {
      const outcome = await playBooks(28, { books }, async ({ exchange, clock }) => {
        exchange.faults.inject({ type: 'spoil-books', how, topic: BOOK, count: 1 });
        await clock.advance(3_000);
      });
      expect(outcome.told).toEqual(ONE_BREAK);
      expectOwnMessage(outcome);
      const { crossed = 0, price = 0, malformed = 0 } = outcome.breaks;
      // An adapter may find that a price is none before anybody else.
      expect(how.endsWith('price') ? price + malformed : crossed).toBe(1);
      note(28, `${how} (${books})`, outcome, 'found by the message itself, never shown, live');
    },
  );
});

describe('books that are counted anew', () => {
  test.each(EVERY_BOOK)(
    'case 29: smaller numbers are another count, and no gap of a billion (`%s`)',
    async (books) => {
      let lost: unknown[] = [];
      const outcome = await playBooks(29, { books }, async ({ book, exchange, clock }) => {
        book.on((event) => {
          if (event.type === 'status' && event.lost) lost = [...lost, event.lost];
        });
        exchange.faults.inject({ type: 'recount-books' });
        await clock.advance(10_000);
      });
      expect(lost).toEqual([]);
      // Where it is announced, or nothing is numbered, there is no break at all.
      if (isFromStream(books)) expect(outcome.told).toEqual([]);
      else expect(outcome.told.filter((told) => told.startsWith(BOOK))).toEqual(ONE_BREAK);
      note(
        29,
        `counted anew (${books})`,
        outcome,
        isFromStream(books) ? 'no break' : 'another count: whole book, live',
      );
    },
  );

  test.each(FROM_REST)('case 29: a REST book of the count before is not built on (`%s`)', async (books) => {
    const outcome = await playBooks(29, { books }, async ({ exchange, clock }) => {
      exchange.faults.inject({ type: 'rest-stale-book', forMs: 20_000 });
      await clock.advance(1_000);
      exchange.faults.inject({ type: 'recount-books' });
      await clock.advance(20_000);
    });
    note(29, `counted anew, REST books of the count before (${books})`, outcome, 'not built on, live');
  });
});

function isFromStream(books: BookDialect): boolean {
  return FROM_STREAM.some((other) => other === books);
}

/** The frame that is wrong says so: no other had come before the book was told to be wrong. */
function expectOwnMessage({ detectedMs, struckMs }: BookOutcome): void {
  expect(detectedMs! - struckMs!).toBeLessThanOrEqual(LATENCY_MS);
}
