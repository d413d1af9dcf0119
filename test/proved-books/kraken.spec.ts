import { kraken } from '@exchange-stream/adapters';
import { VirtualClock } from '@exchange-stream/market-data';
import { createSimulatedExchange, type SimulatedExchange } from '@exchange-stream/simulator';
import { Draws } from '../captures/draws.ts';
import { measured } from '../faults/measured.ts';
import { ExchangeWorld } from '../world/exchange-world.ts';
import { rewritten } from '../world/rewritten.ts';
import { withOtherDigit } from './corrupted-row.ts';
import { KrakenReference } from './kraken-reference.ts';

/** More of them: MUTATIONS=20 npx jest test/proved-books */
const RUNS = Number(process.env.MUTATIONS ?? 1);
const RUN_MS = 100_000;
/** Rarer than a book is built anew before it is left alone for a while. */
const CORRUPT_EVERY_MS = 8_000;

interface Book {
  readonly symbol: string;
  readonly depth: number;
}

const BOOKS: readonly Book[] = [
  { symbol: 'BTC/USD', depth: 10 },
  { symbol: 'BTC/USD', depth: 25 },
  // Nine decimal places, all of them zeros at first.
  { symbol: 'SHIB/USD', depth: 10 },
];

const ROW = /\{"price":([^,]+),"qty":([^}]+)\}/g;

/** The twin, the engine, and a wire on which now and then a level is corrupted. */
class World extends ExchangeWorld<SimulatedExchange> {
  /** Corrupted levels; of these, those that their own frame proved wrong, and those that change nothing it proves. */
  readonly found = { corrupted: 0, atOnce: 0, beyond: 0, agreed: 0 };
  readonly wrong: string[] = [];
  /** Undefined from a wrong checksum to the next whole book. */
  private reference: KrakenReference | undefined;
  private nextAt = CORRUPT_EVERY_MS;
  private readonly draws: Draws;

  constructor(
    seed: number,
    private readonly watched: Book,
  ) {
    const clock = new VirtualClock(Date.UTC(2026, 10, 26, 12));
    const { symbol, depth } = watched;
    const book = { exchange: 'kraken', channel: 'book', symbol, params: { depth } } as const;
    let onFrame: World['deliver'] = (text, pass) => pass(text);
    super({
      clock,
      seed,
      exchange: createSimulatedExchange('kraken', {
        clock,
        seed,
        market: {
          symbols: [symbol],
          depthLevels: 60,
          activity: 0.3,
          stepMs: 300,
          startTime: clock.now() - 3_600_000,
        },
      }),
      options: { exchanges: [kraken()], subscriptions: [book] },
      book,
      around: ({ sockets, http }) => ({
        http,
        sockets: rewritten(sockets, (text, pass) => onFrame(text, pass)),
      }),
    });
    onFrame = (text, pass) => this.deliver(text, pass);
    this.draws = new Draws(seed);
  }

  /** A book that is not what its checksum says is told to be broken with this very frame, and no other is. */
  private deliver(text: string, pass: (text: string) => void): void {
    if (!text.startsWith('{"channel":"book"')) return pass(text);
    if (text.includes('"type":"snapshot"')) this.reference = new KrakenReference(this.watched.depth);
    const frame = this.isDue ? this.corrupted(text) : text;
    const agrees = this.reference?.apply(frame) ?? false;
    const wasToBeLive = this.reference !== undefined;
    if (!agrees) this.reference = undefined;
    pass(frame);
    const isLive = this.book.view().data === 'live';
    if (isLive !== agrees)
      this.wrong.push(`${agrees ? 'right' : 'wrong'} book, and ${this.book.view().data}`);
    if (frame !== text) this.found[agrees ? 'beyond' : 'atOnce']++;
    else if (agrees && wasToBeLive) this.found.agreed++;
  }

  private get isDue(): boolean {
    return this.reference !== undefined && this.clock.monotonic() >= this.nextAt && this.draws.chance(0.7);
  }

  /** One of its levels has another digit. What takes a level away has an amount that says nothing. */
  private corrupted(text: string): string {
    const rows = [...text.matchAll(ROW)].filter(([, , qty = '']) => Number(qty) > 0);
    if (rows.length === 0) return text;
    this.nextAt = this.clock.monotonic() + CORRUPT_EVERY_MS;
    this.found.corrupted++;
    const { 0: row, 1: price = '', 2: qty = '', index } = this.draws.of(rows);
    const other = this.draws.chance(0.5)
      ? `{"price":${withOtherDigit(price, this.draws)},"qty":${qty}}`
      : `{"price":${price},"qty":${withOtherDigit(qty, this.draws)}}`;
    return text.slice(0, index) + other + text.slice(index + row.length);
  }
}

describe('books of Kraken of which a level is corrupted on its way', () => {
  it.each(BOOKS)('$symbol $depth: every one that its checksum covers is found at once', async (book) => {
    const found = { corrupted: 0, atOnce: 0, beyond: 0, agreed: 0 };
    for (let seed = 1; seed <= RUNS; seed++) {
      const world = new World(seed, book);
      await world.clock.advance(RUN_MS);
      expect(world.wrong).toEqual([]);
      world.expectPromises();
      for (const name of ['corrupted', 'atOnce', 'beyond', 'agreed'] as const)
        found[name] += world.found[name];
      await world.close();
    }
    expect(found.atOnce).toBeGreaterThan(5 * RUNS);
    expect(found.agreed).toBeGreaterThan(20 * RUNS);
    measured({
      case: `corrupted levels of ${book.symbol}, ${book.depth} levels`,
      fault: `${found.corrupted} levels with another digit`,
      outcome:
        `${found.atOnce} found by the checksum of their own frame, ${found.beyond} changed nothing that it covers; ` +
        `${found.agreed} checksums agreed, none missed and none wrongly doubted`,
    });
  });
});
