import type { StatusEvent, SubscriptionRequest } from '@exchange-stream/market-data';
import type { BookError, Fault, InjectedFault } from '@exchange-stream/simulator';
import { BOOK, World } from '../binance-world.ts';
import { Witness } from '../world/witness.ts';
import { measured } from './measured.ts';
import { Trouble } from './trouble.ts';

const DEPTH = 'btcusdt@depth@100ms';
const TRADES = 'btcusdt@trade';
const BOOKS_BY_REST = '/api/v3/depth';

/** Binance's twin and the engine, everything live, and one book that things befall. */
class BookDesk {
  /** When a whole book was asked for, by the monotonic clock. */
  readonly asked: number[] = [];
  readonly statuses: StatusEvent[] = [];
  private readonly book: ReturnType<World['stream']['subscribe']>;

  private constructor(readonly world: World) {
    this.book = world.stream.subscribe(BOOK);
    let isFresh = false;
    this.book.on((event) => {
      if (isFresh && event.type === 'status') this.statuses.push(event);
    });
    isFresh = true;
    world.tap = ({ what, url }) => {
      if (what === 'rest' && url.includes(BOOKS_BY_REST)) this.asked.push(world.clock.monotonic());
    };
  }

  static async open(seed: number, subscriptions?: readonly SubscriptionRequest[]): Promise<BookDesk> {
    const world = new World(seed, subscriptions, { activity: 1 });
    await world.clock.advance(10_000);
    expect(new Set(world.states())).toEqual(new Set(['live']));
    return new BookDesk(world);
  }

  get waiting(): number {
    return this.book.view().counters.waiting;
  }

  get isShown(): boolean {
    return this.book.latest() !== undefined;
  }

  /** Lets faults happen, and time pass until somebody is told of it. */
  async strike(...faults: readonly Fault[]): Promise<{ trouble: Trouble; injected: InjectedFault[] }> {
    const trouble = new Trouble(this.world);
    const injected = faults.map((fault) => this.world.exchange.faults.inject(fault));
    for (let ms = 0; trouble.detectedMs === undefined && ms < 10_000; ms += 10)
      await this.world.clock.advance(10);
    expect(trouble.detectedMs).toBeDefined();
    return { trouble, injected };
  }

  /** The same, where nobody is to notice. */
  async pass(fault: Fault): Promise<InjectedFault> {
    const trouble = new Trouble(this.world);
    const injected = this.world.exchange.faults.inject(fault);
    await this.world.clock.advance(10_000);
    expect(trouble.told).toEqual([]);
    return injected;
  }

  /** The book is the exchange's, was it whenever it was shown, and nothing is left. */
  async close(): Promise<void> {
    await this.world.expectTruth();
    await this.world.close();
  }
}

const LOST: Fault = { type: 'drop-frames', topic: DEPTH, count: 1 };
const MENDED = [`${DEPTH} gap`, `${DEPTH} live`];

describe('faults of data, on Binance', () => {
  test('case 22: a missing update is found out by the next one, and told with its bounds', async () => {
    const desk = await BookDesk.open(22);
    const { trouble, injected } = await desk.strike(LOST);
    const backMs = await trouble.recover(30_000);
    expect(trouble.told).toEqual(MENDED);
    expect(desk.world.replica.states.slice(-3)).toEqual(['gap', 'snapshot', 'live']);
    const meant = desk.world.exchange.faults.log.find(({ event }) => event === 'hit')!;
    const { U, u } = (JSON.parse(meant.text!) as { data: { U: number; u: number } }).data;
    expect(injected[0]!.hits).toBe(1);
    expect(desk.statuses[0]).toMatchObject({ state: 'gap', lost: { from: U, to: u } });
    await desk.close();
    measured({
      case: 22,
      fault: 'one update of a Binance book is lost',
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: 'gap with the numbers that are missing, no update before the snapshot, all others untouched',
    });
  });

  test('case 23: updates that come twice are in the book once', async () => {
    const desk = await BookDesk.open(23);
    const injected = await desk.pass({ type: 'duplicate-frames', topic: DEPTH, count: 20 });
    expect(injected.hits).toBe(20);
    expect(desk.world.view(DEPTH).counters.dropped).toBeGreaterThanOrEqual(20);
    await desk.close();
    measured({
      case: 23,
      fault: '20 updates of a Binance book come twice',
      outcome: 'each counted as dropped, no status, the book right at every event',
    });
  });

  test('case 23: trades that come twice are told once', async () => {
    const desk = await BookDesk.open(23);
    const witness = new Witness(desk.world.stream, 'binance');
    const injected = await desk.pass({ type: 'duplicate-frames', topic: TRADES, count: 10 });
    expect(injected.hits).toBe(10);
    await desk.world.expectTruth();
    witness.expectEveryTradeOnce(() => desk.world.exchange.market.trades('BTCUSDT').at(-1)?.id);
    await desk.close();
    measured({
      case: 23,
      fault: '10 trades of Binance come twice',
      outcome: 'each told once and in order, by id; no status',
    });
  });

  test.each([2, 3, 4])('case 24: %d updates in reverse order are a gap that is mended', async (count) => {
    const desk = await BookDesk.open(24 + count);
    const { trouble } = await desk.strike({ type: 'reorder-frames', topic: DEPTH, count });
    const backMs = await trouble.recover(30_000);
    expect(trouble.told).toEqual(MENDED);
    expect(desk.statuses[0]!.reason).toContain('missing');
    await desk.close();
    measured({
      case: 24,
      fault: `${count} updates of a Binance book in reverse order`,
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: 'gap at the first that comes too early, then a snapshot; the book right at every event',
    });
  });

  test('case 25: a snapshot older than the updates that wait is not taken, and asked for again', async () => {
    const desk = await BookDesk.open(25);
    const { world } = desk;
    const stale = world.exchange.faults.inject({ type: 'rest-stale-book' });
    await world.clock.advance(3_000);
    const { trouble } = await desk.strike(LOST);
    for (let second = 0; second < 20; second++) {
      await world.clock.advance(1_000);
      expect(desk.isShown).toBe(false);
    }
    // Ever more slowly: half a second at first, and never at once.
    const waits = desk.asked.slice(1).map((at, index) => at - desk.asked[index]!);
    expect(desk.asked.length).toBeGreaterThanOrEqual(4);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(250);
    stale.clear();
    const backMs = await trouble.recover(30_000);
    expect(trouble.told).toEqual(MENDED);
    await desk.close();
    measured({
      case: 25,
      fault: 'snapshots of a Binance book older than every update that waits, for 20 s',
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: `${desk.asked.length} snapshots asked for, none taken before it bridges the updates`,
    });
  });

  test('case 25: a snapshot newer than all that waits is taken, and what is older dropped until it is overtaken', async () => {
    const desk = await BookDesk.open(26);
    const { trouble } = await desk.strike(
      { type: 'delay-frames', topic: DEPTH, delayMs: 3_000, forMs: 8_000 },
      { type: 'rest-status', status: 503, path: BOOKS_BY_REST, forMs: 2_500 },
      { type: 'cut' },
    );
    const { dropped } = desk.world.view(DEPTH).counters;
    const backMs = await trouble.recover(30_000);
    await desk.world.clock.advance(10_000);
    expect(trouble.told.filter((told) => told.startsWith(DEPTH))).toEqual([
      `${DEPTH} stale`,
      `${DEPTH} syncing`,
      `${DEPTH} live`,
    ]);
    expect(desk.world.view(DEPTH).counters.dropped - dropped).toBeGreaterThan(10);
    await desk.close();
    measured({
      case: 25,
      fault: 'a snapshot of a Binance book seconds newer than all that waits for it',
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: 'taken at once; updates that it contains are dropped, the first beyond it follows',
    });
  });

  test.each<readonly [string, Fault, number]>([
    ['429, with 20 s to wait', { type: 'rest-status', status: 429, retryAfterSeconds: 20 }, 2],
    ['429 without a word', { type: 'rest-status', status: 429 }, 30],
    ['418, with a minute to wait', { type: 'rest-status', status: 418, retryAfterSeconds: 60 }, 1],
    ['500', { type: 'rest-status', status: 500 }, 30],
    ['503', { type: 'rest-status', status: 503 }, 30],
    ['no answer for 30 s', { type: 'rest-slow', delayMs: 30_000 }, 30],
  ])(
    'case 26: no snapshot to be had (%s): updates wait, and nothing is shown',
    async (why, fault, mostAsked) => {
      const desk = await BookDesk.open(27);
      const { world } = desk;
      const away = world.exchange.faults.inject({ ...fault, path: BOOKS_BY_REST } as Fault);
      const { trouble } = await desk.strike(LOST);
      let mostWaiting = 0;
      for (let second = 0; second < 40; second++) {
        await world.clock.advance(1_000);
        expect(desk.isShown).toBe(false);
        mostWaiting = Math.max(mostWaiting, desk.waiting);
      }
      expect(mostWaiting).toBeGreaterThan(100);
      expect(mostWaiting).toBeLessThanOrEqual(420);
      expect(desk.asked.length).toBeLessThanOrEqual(mostAsked);
      expect(trouble.told).toEqual([`${DEPTH} gap`]);
      away.clear();
      const backMs = await trouble.recover(120_000);
      expect(trouble.told).toEqual(MENDED);
      expect(desk.waiting).toBe(0);
      await desk.close();
      measured({
        case: 26,
        fault: `snapshots of a Binance book: ${why}, for 40 s`,
        detectedMs: trouble.detectedMs,
        backMs,
        outcome: `gap all the while, ${mostWaiting} updates wait, ${desk.asked.length} requests; all others live`,
      });
    },
  );

  test('case 26: what waits for a snapshot has a bound', async () => {
    // The book alone: it takes a while until so much waits.
    const desk = await BookDesk.open(28, [BOOK]);
    const away = desk.world.exchange.faults.inject({ type: 'rest-status', status: 503, path: BOOKS_BY_REST });
    const { trouble } = await desk.strike(LOST);
    let mostWaiting = 0;
    for (let minute = 0; minute < 20; minute++) {
      await desk.world.clock.advance(60_000);
      mostWaiting = Math.max(mostWaiting, desk.waiting);
      expect(desk.isShown).toBe(false);
    }
    expect(mostWaiting).toBeGreaterThan(9_000);
    expect(mostWaiting).toBeLessThanOrEqual(10_000);
    expect(desk.statuses.at(-1)!.reason).toContain('10000 updates waited');
    away.clear();
    const backMs = await trouble.recover(120_000);
    await desk.close();
    measured({
      case: 26,
      fault: 'no snapshot of a Binance book for 20 minutes',
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: `at most 10,000 updates wait, seen ${mostWaiting}; then they are given up for those that follow`,
    });
  });

  test('case 27: Binance sends no checksums', async () => {
    const desk = await BookDesk.open(29);
    const injected = await desk.pass({ type: 'spoil-books', how: 'wrong-checksum', count: 1 });
    expect(injected.hits).toBe(0);
    await desk.close();
    measured({
      case: 27,
      fault: 'a checksum that is wrong, on Binance',
      outcome: 'cannot be: it sends none, so books are proved by their links and by not being crossed alone',
    });
  });

  test.each<readonly [BookError, RegExp]>([
    ['crossed', /crossed/],
    ['locked', /crossed/],
    ['zero-price', /price|format/],
    ['negative-price', /price|format/],
  ])('case 28: a book that is wrong (%s) is left at once, and never shown', async (how, reason) => {
    const desk = await BookDesk.open(30);
    const { trouble, injected } = await desk.strike({ type: 'spoil-books', topic: DEPTH, how, count: 1 });
    expect(injected[0]!.hits).toBe(1);
    expect(desk.isShown).toBe(false);
    const [status] = desk.statuses;
    expect(status).toMatchObject({ state: 'gap', reason: expect.stringMatching(reason) as unknown });
    const hit = desk.world.exchange.faults.log.find(({ event }) => event === 'hit')!;
    // By the very frame, which was 5 ms on its way.
    expect(desk.world.clock.now() - hit.at).toBeLessThan(20);
    const backMs = await trouble.recover(30_000);
    expect(trouble.told).toEqual(MENDED);
    await desk.close();
    measured({
      case: 28,
      fault: `an update of a Binance book: ${how}`,
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: 'gap by the very frame, never shown, then a snapshot',
    });
  });

  test('case 29: numbers that begin anew are another count, not a gap of billions', async () => {
    const desk = await BookDesk.open(31);
    const { trouble } = await desk.strike({ type: 'recount-books' });
    const backMs = await trouble.recover(30_000);
    expect(trouble.told).toEqual(MENDED);
    expect(desk.statuses[0]!.lost).toBeUndefined();
    await desk.close();
    measured({
      case: 29,
      fault: 'Binance counts a book from 1 again on a living connection',
      detectedMs: trouble.detectedMs,
      backMs,
      outcome:
        'gap that tells of no numbers, once an update is more than 1 s later than the book; then a snapshot',
    });
  });

  test('case 29: an exchange that restarts and counts from 1 is followed like any other', async () => {
    const desk = await BookDesk.open(32);
    const { world } = desk;
    const trouble = new Trouble(world);
    const refused = world.exchange.faults.inject({ type: 'refuse-handshakes', status: 503 });
    world.exchange.faults.inject({ type: 'recount-books' });
    world.exchange.disconnectAll(1012);
    await world.clock.advance(20_000);
    expect(desk.isShown).toBe(false);
    refused.clear();
    const backMs = await trouble.recover(60_000);
    expect(desk.statuses.map(({ state }) => state)).toEqual(['stale', 'syncing', 'live']);
    await desk.close();
    measured({
      case: 29,
      fault: 'Binance is away for 20 s, and counts its books from 1 afterwards',
      detectedMs: trouble.detectedMs,
      backMs,
      outcome: 'stale, syncing, live; nothing of the old count is left',
    });
  });
});
