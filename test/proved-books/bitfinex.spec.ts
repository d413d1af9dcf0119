import { bitfinex } from '@exchange-stream/adapters';
import { VirtualClock, type SubscriptionParams } from '@exchange-stream/market-data';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { Draws } from '../captures/draws.ts';
import { measured } from '../faults/measured.ts';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { rewritten } from '../world/rewritten.ts';
import { BitfinexReference } from './bitfinex-reference.ts';
import { corruptedRow } from './corrupted-row.ts';

/** More of them: MUTATIONS=20 npx jest test/proved-books */
const RUNS = Number(process.env.MUTATIONS ?? 1);
const RUN_MS = 100_000;
/** Rarer than a book is built anew before it is left alone for a while. */
const CORRUPT_EVERY_MS = 8_000;

/** Shortly before a checksum, so that it is not changed again before anybody can tell. */
const CHECKSUM_MS = 2_500;
const SHORTLY_MS = 120;

interface Book {
  readonly symbol: string;
  readonly market: string;
  readonly params: SubscriptionParams;
}

const BOOKS: readonly Book[] = [
  { symbol: 'BTC/USD', market: 'tBTCUSD', params: { depth: 25 } },
  { symbol: 'BTC/USD', market: 'tBTCUSD', params: { depth: 25, level: 'order' } },
  // Prices with exponents.
  { symbol: 'XDC/BTC', market: 'tXDCBTC', params: { depth: 25 } },
  // Amounts with exponents.
  { symbol: 'TESTBTC/TESTUSD', market: 'tTESTBTC:TESTUSD', params: { depth: 25, level: 'order' } },
];

/** What has become of corrupted levels, and what the engine should have seen. */
class Found {
  corrupted = 0;
  byChecksum = 0;
  /** Before the checksum came: crossed, or no book at all. */
  sooner = 0;
  /** Changed again, or out of the checksum's reach, before it came: the checksum is right. */
  undone = 0;
  agreed = 0;
  readonly wrong: string[] = [];
}

/** The twin, the engine, and a wire on which now and then a level is corrupted. */
class World extends ExchangeWorld<SimulatedExchange> {
  readonly found = new Found();
  private reference: BitfinexReference | undefined;
  private chanId = '';
  private isCorrupted = false;
  private nextAt = 0;
  private readonly draws: Draws;

  constructor(
    seed: number,
    private readonly watched: Book,
  ) {
    const clock = new VirtualClock(Date.UTC(2026, 10, 26, 12));
    const { symbol, market, params } = watched;
    const book = { exchange: 'bitfinex', channel: 'book', symbol, params } as const;
    let onFrame: World['deliver'] = (text, pass) => pass(text);
    super({
      clock,
      seed,
      exchange: createSimulatedExchange('bitfinex', {
        clock,
        seed,
        market: {
          symbols: [market],
          depthLevels: 60,
          activity: 0.5,
          stepMs: 200,
          startTime: clock.now() - 3_600_000,
        },
      }),
      options: { exchanges: [bitfinex()], subscriptions: [book] },
      book,
      around: ({ sockets, http }) => ({
        http,
        sockets: rewritten(sockets, (text, pass) => onFrame(text, pass)),
      }),
    });
    onFrame = (text, pass) => this.deliver(text, pass);
    this.draws = new Draws(seed);
    this.nextAt = CORRUPT_EVERY_MS;
  }

  private deliver(text: string, pass: (text: string) => void): void {
    const [, channel] = /^\{"event":"subscribed","channel":"book","chanId":(\d+)/.exec(text) ?? [];
    if (channel !== undefined) {
      this.chanId = channel;
      this.reference = undefined;
    }
    if (this.chanId === '' || !text.startsWith(`[${this.chanId},`)) return pass(text);
    const [, checksum] = /^\[\d+,"cs",(-?\d+)/.exec(text) ?? [];
    if (checksum !== undefined) return this.onChecksum(Number(checksum), () => pass(text));
    const rows = rowsOf(text);
    if (rows.length === 0) return pass(text);
    this.reference ??= new BitfinexReference(this.watched.params.level === 'order');
    this.onRows(text, rows, pass);
  }

  private onRows(text: string, rows: readonly (readonly string[])[], pass: (text: string) => void): void {
    const row = rows[0]!;
    const isDue =
      this.clock.monotonic() >= this.nextAt && this.clock.now() % CHECKSUM_MS >= CHECKSUM_MS - SHORTLY_MS;
    // What takes a level away has an amount that says nothing.
    const isLevel = rows.length === 1 && row[1] !== '0';
    if (!isDue || !isLevel || !this.isLive || !this.draws.chance(0.7)) {
      this.reference?.apply(rows);
      return pass(text);
    }
    this.nextAt = this.clock.monotonic() + CORRUPT_EVERY_MS;
    const other = corruptedRow(row, this.draws);
    this.reference?.apply([other]);
    this.found.corrupted++;
    this.isCorrupted = true;
    pass(text.replace(row.join(','), other.join(',')));
    if (!this.isLive) this.settle('sooner');
  }

  /** A book that is not what its checksum says is told to be broken with this very frame, and no other is. */
  private onChecksum(checksum: number, pass: () => void): void {
    const wasLive = this.isLive;
    pass();
    if (!wasLive) return this.settle('sooner');
    const agrees = this.reference?.checksum === checksum;
    if (agrees === this.isLive) {
      if (!this.isCorrupted) this.found.agreed++;
      return this.settle(agrees ? 'undone' : 'byChecksum');
    }
    this.found.wrong.push(`${agrees ? 'right' : 'wrong'} book, and ${this.book.view().data}`);
  }

  private settle(how: 'sooner' | 'undone' | 'byChecksum'): void {
    if (this.isCorrupted) this.found[how]++;
    this.isCorrupted = false;
  }

  private get isLive(): boolean {
    return this.book.view().data === 'live';
  }
}

function rowsOf(text: string): readonly (readonly string[])[] {
  const [, ...bodies] = text.split('[');
  return bodies.flatMap((body) => {
    const row = body.slice(0, body.indexOf(']')).split(',');
    return body.includes(']') && row.length === 3 && !body.includes('"') ? [row] : [];
  });
}

describe('books of Bitfinex of which a level is corrupted on its way', () => {
  it.each(BOOKS)('$market $params: every one is found by the next checksum, if not sooner', async (book) => {
    const found = { corrupted: 0, byChecksum: 0, sooner: 0, undone: 0, agreed: 0 };
    for (let seed = 1; seed <= RUNS; seed++) {
      const world = new World(seed, book);
      await world.clock.advance(RUN_MS);
      expect(world.found.wrong).toEqual([]);
      world.expectPromises();
      for (const name of ['corrupted', 'byChecksum', 'sooner', 'undone', 'agreed'] as const)
        found[name] += world.found[name];
      await world.close();
    }
    // A run may have its share of those that cross the book.
    expect(found.byChecksum).toBeGreaterThan(0);
    expect(found.byChecksum + found.sooner).toBeGreaterThan(2 * RUNS);
    expect(found.agreed).toBeGreaterThan(10 * RUNS);
    measured({
      case: `corrupted levels of ${book.market} ${JSON.stringify(book.params)}`,
      fault: `${found.corrupted} levels with another digit or sign`,
      outcome:
        `${found.byChecksum} found by the next checksum, ${found.sooner} sooner, ${found.undone} changed again before it ` +
        `came; ${found.agreed} checksums agreed, none missed and none wrongly doubted`,
    });
  });
});
