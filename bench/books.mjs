/**
 * What an order book costs: an update of eight levels in a book of 1,000 levels a side, that with its best prices or its
 * twenty best levels read each time, and its memory. Ours reads the exchange's text and can give it back; the rivals get
 * numbers, made before the clock runs.
 *
 *   npm ci --prefix bench/rivals --ignore-scripts && npm run bench:books   [-- --updates=20000 --rounds=9 --json]
 *
 * Each rival has a process of its own, in which ours and it take turns; the first two rounds do not count. CPU time per
 * update, median (least to most), and the ratio of the same round.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { OrderBook } from '@exchange-stream/market-data';

const WARM_UP = 2;
const BOOKS = 20;
const LEVELS = 1_000;
const CHANGES = 8;
const TOP = 20;
const given = Object.fromEntries(process.argv.slice(2).map((part) => part.replace(/^--/, '').split('=')));
const UPDATES = Number(given.updates ?? 20_000);
const ROUNDS = Number(given.rounds ?? 9);

const rivals = new URL('rivals/', import.meta.url);
const require = createRequire(new URL('package.json', rivals));
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
    const { OrderBook: TardisBook } = require('tardis-dev');
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
      pathToFileURL(require.resolve('ccxt').replace(/[/\\](dist|js)[/\\].*$/, '/js/src/base/ws/OrderBook.js'))
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
  update: () => 0,
  'update, best bid and ask': (candidate, book) => candidate.best(book),
  'update, top 20 of both sides': (candidate, book) => candidate.readTop(book),
};

if (given.rival === undefined) all();
else await compare(given.rival);

/** One process for each rival. */
function all() {
  if (!existsSync(new URL('node_modules', rivals))) {
    console.error('The rivals are not installed: npm ci --prefix bench/rivals --ignore-scripts');
    process.exit(1);
  }
  const rows = Object.keys(CANDIDATES)
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
  if ('json' in given) console.log(JSON.stringify(rows));
  else {
    console.log('| what | rival | ours | theirs | ratio |\n| --- | --- | --- | --- | --- |');
    for (const { what, rival, unit, ours, theirs, ratio } of rows) {
      console.log(
        `| ${what} | ${rival} | ${shown(ours, unit)} | ${shown(theirs, unit)} | ${shown(ratio, '×')} |`,
      );
    }
  }
}

function shown({ median, least, most }, unit) {
  const digits = unit === '×' ? 2 : unit === 'KiB' ? 1 : 0;
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits));
  return low === high ? `${middle} ${unit}` : `${middle} ${unit} (${low}–${high})`;
}

async function compare(rival) {
  const market = generate();
  const [ours, theirs] = await Promise.all([CANDIDATES.ours(), CANDIDATES[rival]()].map(prepared));
  const rows = [];
  for (const [what, read] of Object.entries(READS)) {
    const rounds = [];
    for (let round = 0; round < ROUNDS + WARM_UP; round++) {
      const order = round % 2 === 0 ? [ours, theirs] : [theirs, ours];
      const cost = new Map(order.map((candidate) => [candidate, measured(candidate, read)]));
      if (round >= WARM_UP) rounds.push([cost.get(ours), cost.get(theirs)]);
    }
    rows.push(row(what, 'ns', rounds));
  }
  rows.push(row('memory of a book', 'KiB', [[memory(ours), memory(theirs)]]));
  console.log(JSON.stringify(rows));

  async function prepared(loading) {
    const candidate = await loading;
    const both = ({ book, bids, asks }) => ({
      book,
      bids: candidate.convert(bids),
      asks: candidate.convert(asks),
    });
    return { ...candidate, snapshots: market.snapshots.map(both), updates: market.updates.map(both) };
  }

  function row(what, unit, rounds) {
    const of = (values) => {
      const sorted = values.toSorted((one, other) => one - other);
      return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted.at(-1) };
    };
    return {
      what,
      rival,
      unit,
      ours: of(rounds.map(([own]) => own)),
      theirs: of(rounds.map(([, other]) => other)),
      ratio: of(rounds.map(([own, other]) => own / other)),
    };
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
    const { user, system } = process.cpuUsage(before);
    const top = JSON.stringify(books.map(candidate.top));
    market.top ??= top;
    if (market.top !== top || !Number.isFinite(sum))
      throw new Error(`${rival} and ours end with different books`);
    return ((user + system) * 1_000) / candidate.updates.length;
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
