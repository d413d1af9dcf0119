/**
 * What an order book costs: an update of eight levels in a book of 1,000 levels a side, that with its best prices or its
 * twenty best levels read each time, and its memory. Ours reads the exchange's text and can give it back; the rivals get
 * numbers, made before the clock runs.
 *
 *   npm ci --prefix bench/rivals --ignore-scripts && npm run bench:books   [-- --updates=20000 --rounds=9 --json]
 *
 * Each rival has a process of its own, in which ours and it take turns. CPU time per update, and the ratio of the same
 * round.
 */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { OrderBook } from '@exchange-stream/market-data';
import {
  areRivalsInstalled,
  cpuMicros,
  given,
  report,
  requireRival,
  rowOf,
  sizeOf,
  takeTurns,
  tellOfRivals,
} from './measure.mjs';

const BOOKS = 20;
const LEVELS = 1_000;
const CHANGES = 8;
const TOP = 20;
const UPDATES = sizeOf('updates', 20_000, 2_000);
const ROUNDS = sizeOf('rounds', 9, 3);
const scratch = new Float64Array(2 * TOP);

const CANDIDATES = {
  ours: () => ({
    convert: (levels) => levels,
    create: (bids, asks) => {
      const book = new OrderBook();
      book.applySnapshot(bids, asks);
      return book;
    },
    update: (book, bids, asks) => book.applyUpdate(bids, asks),
    best: (book) => Number(book.mid),
    readTop: (book) => book.readBids(scratch) + book.readAsks(scratch),
    top: (book) => [book.bids(TOP), book.asks(TOP)].map((side) => side.map((level) => level.map(Number))),
  }),
  'tardis-dev': () => {
    const { OrderBook: TardisBook } = requireRival('tardis-dev');
    const first = (levels) => {
      const top = [];
      for (const { price, amount } of levels) if (top.push([price, amount]) === TOP) break;
      return top;
    };
    return {
      convert: (levels) =>
        levels.map(([price, amount]) => ({ price: Number(price), amount: Number(amount) })),
      create: (bids, asks) => {
        const book = new TardisBook();
        book.update({ isSnapshot: true, bids, asks });
        return book;
      },
      update: (book, bids, asks) => book.update({ isSnapshot: false, bids, asks }),
      best: (book) => book.bestBid().price + book.bestAsk().price,
      readTop: (book) => first(book.bids()).length + first(book.asks()).length,
      top: (book) => [first(book.bids()), first(book.asks())],
    };
  },
  ccxt: async () => {
    const { OrderBook: CcxtBook } = await import(
      pathToFileURL(
        requireRival.resolve('ccxt').replace(/[/\\](dist|js)[/\\].*$/, '/js/src/base/ws/OrderBook.js'),
      )
    );
    const first = (side) => Array.from({ length: TOP }, (_, index) => [side[index][0], side[index][1]]);
    return {
      convert: (levels) => levels.map(([price, amount]) => [Number(price), Number(amount)]),
      create: (bids, asks) => {
        const book = new CcxtBook({}, LEVELS);
        book.reset({ bids: bids.map((level) => [...level]), asks: asks.map((level) => [...level]) });
        return book;
      },
      update: (book, bids, asks) => {
        for (const [price, amount] of bids) book.bids.store(price, amount);
        for (const [price, amount] of asks) book.asks.store(price, amount);
      },
      best: (book) => book.bids[0][0] + book.asks[0][0],
      readTop: (book) => first(book.bids).length + first(book.asks).length,
      top: (book) => [first(book.bids), first(book.asks)],
    };
  },
};

const READS = {
  update: { read: () => 0, goals: { 'tardis-dev': 0.35, ccxt: 0.15 } },
  'update, best bid and ask': { read: (candidate, book) => candidate.best(book), goals: {} },
  'update, top 20 of both sides': {
    read: (candidate, book) => candidate.readTop(book),
    goals: { 'tardis-dev': 0.2, ccxt: 0.17 },
  },
};
const MEMORY_GOAL_KIB = 48;

if (given.rival === undefined) report(all());
else console.log(JSON.stringify(await compare(given.rival)));

/** One process for each rival. */
function all() {
  if (!areRivalsInstalled) {
    tellOfRivals();
    return [];
  }
  return Object.keys(CANDIDATES)
    .slice(1)
    .flatMap((rival) => {
      const child = spawnSync(
        process.execPath,
        [...process.execArgv, ...process.argv.slice(1), `--rival=${rival}`],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
      );
      if (child.status !== 0) process.exit(child.status ?? 1);
      return JSON.parse(child.stdout);
    });
}

async function compare(rival) {
  const market = generate();
  const [ours, theirs] = await Promise.all([CANDIDATES.ours(), CANDIDATES[rival]()].map(prepared));
  const rows = [];
  for (const [what, { read, goals }] of Object.entries(READS)) {
    const ways = { ours: () => measured(ours, read), [rival]: () => measured(theirs, read) };
    const about = { what: `book: ${what}`, who: 'ours', against: rival, unit: 'ns', goal: goals[rival] };
    rows.push(rowOf(about, await takeTurns(ways, ROUNDS)));
  }
  const about = { what: 'book: memory', who: 'ours', unit: 'KiB', goal: MEMORY_GOAL_KIB };
  rows.push(rowOf(about, [{ ours: memory(ours) }]));
  rows.push(rowOf({ ...about, who: rival, goal: undefined }, [{ [rival]: memory(theirs) }]));
  return rows;

  async function prepared(loading) {
    const candidate = await loading;
    const both = ({ book, bids, asks }) => ({
      book,
      bids: candidate.convert(bids),
      asks: candidate.convert(asks),
    });
    return { ...candidate, snapshots: market.snapshots.map(both), updates: market.updates.map(both) };
  }

  /** Nanoseconds of CPU time per update, of all books from their snapshots on. */
  function measured(candidate, read) {
    const books = candidate.snapshots.map(({ bids, asks }) => candidate.create(bids, asks));
    globalThis.gc();
    let sum = 0;
    const before = process.cpuUsage();
    for (const { book, bids, asks } of candidate.updates) {
      candidate.update(books[book], bids, asks);
      sum += read(candidate, books[book]);
    }
    const micros = cpuMicros(before);
    const top = JSON.stringify(books.map(candidate.top));
    market.top ??= top;
    if (market.top !== top || !Number.isFinite(sum))
      throw new Error(`${rival} and ours end with different books`);
    return (micros * 1_000) / candidate.updates.length;
  }

  function memory(candidate) {
    const held = () => {
      globalThis.gc();
      globalThis.gc();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const books = [];
    const before = held();
    for (let round = 0; round < 10; round++) {
      for (const { bids, asks } of candidate.snapshots) books.push(candidate.create(bids, asks));
    }
    const bytes = held() - before;
    return bytes / books.length / 1024;
  }
}

/** Books around prices of their own, and changes that are near the best price all but always. */
function generate() {
  let state = 42;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const amount = () => (0.001 + random() * 20).toFixed(5);
  const sides = [];
  const snapshots = Array.from({ length: BOOKS }, (_, book) => {
    const mid = 500_000 + book * 250_000;
    const side = (direction) =>
      Array.from({ length: LEVELS }, (_, index) => [price(mid + direction * (1 + 2 * index)), amount()]);
    sides[book] = mid;
    return { book, bids: side(-1), asks: side(1) };
  });
  const updates = Array.from({ length: UPDATES }, () => {
    const book = Math.floor(random() * random() * BOOKS);
    const changes = { '-1': [], 1: [] };
    for (let change = 0; change < CHANGES; change++) {
      const direction = random() < 0.5 ? -1 : 1;
      const ticks = Math.floor(random() < 0.85 ? random() * 40 : random() * 2 * LEVELS);
      // Not the best level itself: a book that loses it all would say nothing of one of 1,000 levels.
      changes[direction].push([
        price(sides[book] + direction * (2 + ticks)),
        random() < 0.4 ? '0' : amount(),
      ]);
    }
    return { book, bids: changes['-1'], asks: changes['1'] };
  });
  return { snapshots, updates };

  function price(ticks) {
    return (ticks / 100).toFixed(2);
  }
}
