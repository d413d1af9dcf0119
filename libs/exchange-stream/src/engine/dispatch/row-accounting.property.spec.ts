import { OrderBook, VirtualClock, type MarketEvent } from '@exchange-stream/market-data';
import * as fc from 'fast-check';
import type { BookRules } from '../../contract/index.ts';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { CONSUMER_POLICIES, type ConsumerPolicy } from './consumer-policy.ts';
import { DataFlow } from './data-flow.ts';

const RULES: BookRules = {
  kind: 'linked',
  seed: 'rest',
  follows: (sequence, { first = 0, last }) =>
    last <= sequence ? 'old' : first > sequence + 1 ? 'gap' : 'follows',
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A consumer that builds the book of what it is told, at its own pace, and fails now and then. */
class Builder {
  readonly book = new OrderBook();
  calls = 0;
  toldLost = 0;
  /** An update came after a change of trust, before a whole book. */
  wasMisled = false;
  private hasBook = false;
  private release: (() => void) | undefined;
  private fails = false;

  readonly data = (event: MarketEvent): Promise<void> => this.take(event);
  readonly status = (event: MarketEvent): Promise<void> => this.take(event);

  finish(fails: boolean): boolean {
    const { release } = this;
    this.release = undefined;
    this.fails = fails;
    release?.();
    return release !== undefined;
  }

  private take(event: MarketEvent): Promise<void> {
    this.calls++;
    if (event.type === 'status') {
      if (event.state !== 'live') this.hasBook = false;
      this.toldLost += event.lost?.events ?? 0;
    } else if (event.type === 'book-snapshot') {
      this.hasBook = true;
      this.book.applySnapshot(event.bids, event.asks);
    } else if (event.type === 'book-update') {
      this.wasMisled ||= !this.hasBook;
      this.book.applyUpdate(event.bids, event.asks);
    }
    return new Promise((resolve, reject) => {
      this.release = this.fails ? () => reject(new Error('no')) : resolve;
    });
  }
}

/** An exchange's book, the flow that follows it, and whoever looks at every step. */
class World {
  readonly clock = new VirtualClock();
  readonly statistics = new ExchangeStatistics();
  readonly flow: DataFlow;
  readonly builder = new Builder();
  private sequence = 100;
  private readonly truth = new OrderBook();
  private dataSeen = 0;
  private distrust = 0;
  private lostBefore = 0;
  /** What did not add up while an event was told. */
  private readonly doubts: Error[] = [];

  constructor(policy: ConsumerPolicy, capacity: number) {
    this.truth.applySnapshot([['10', '1']], [['20', '1']]);
    this.flow = new DataFlow({ exchange: 'lab', channel: 'book', symbol: 'BTC/USDT' }, 'book', {
      clock: this.clock,
      statistics: this.statistics,
      changed: () => undefined,
      noticed: () => undefined,
      consumerFailed: (consumer, error) => {
        if (consumer === 'quick') this.doubts.push(error);
      },
      consumerOverdue: () => undefined,
      consumerOverflowed: () => undefined,
      consumerDeadlineMs: 30_000,
      needSeed: () => undefined,
      needAccountData: () => undefined,
      candles: {
        exchangeNow: () => 0,
        random: { next: () => 0 },
        need: () => undefined,
        wakeAfter: () => undefined,
        history: () => Promise.resolve({ candles: [], quiet: [], gaps: [] }),
      },
      needTrades: () => false,
      askForFills: () => () => undefined,
    });
    this.place();
    this.flow.consumers.add('quick', (event) => {
      if (event.type !== 'status') this.dataSeen++;
      else if (event.state !== 'live') this.distrust++;
      this.addsUp();
    });
    const { data, status } = this.builder;
    this.flow.consumers.handleTogether(
      'slow',
      [
        { name: 'slow.data', invoke: data, receives: 'data', policy },
        { name: 'slow.status', invoke: status, receives: 'status' },
      ],
      capacity,
    );
    this.flow.presence.confirmed();
  }

  place(): void {
    if (this.flow.status.state === 'live') this.flow.presence.lost('placed anew');
    this.flow.place({ symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT' }, RULES);
  }

  /** The market moves on; `heard` says whether we hear of it. */
  moves(price: number, amount: number, heard = true): void {
    this.sequence++;
    const bids = [[String(price), String(amount)]] as const;
    this.truth.applyUpdate(bids, []);
    if (heard) this.update(this.sequence, bids);
  }

  /** The same again, or a price that cannot be. */
  repeats(): void {
    this.update(this.sequence, []);
  }

  crosses(): void {
    this.update(++this.sequence, [['25', '1']]);
  }

  /** A whole book from REST, which may be behind. */
  seeds(behind: number): void {
    this.flow.seeded({
      sequence: this.sequence - behind,
      bids: this.truth.bids(),
      asks: behind === 3 ? [['5', '1']] : this.truth.asks(),
    });
  }

  snapshot(asks = this.truth.asks()): void {
    this.flow.bookSnapshot(this.clock.now(), undefined, { last: this.sequence }, this.truth.bids(), asks);
  }

  /** Every row has exactly one fate, and what is lost has been told. */
  addsUp(): void {
    const { received, delivered, conflated, rejected, dropped, lost, waiting } = this.flow.counters;
    expect(received).toBe(delivered + conflated + rejected + dropped + lost + waiting);
    expect(delivered).toBe(this.dataSeen);
    if (lost > this.lostBefore) expect(this.flow.status.state === 'live' && this.distrust === 0).toBe(false);
    for (const view of this.flow.consumers.views())
      expect(view.received).toBe(view.delivered + view.conflated + view.lost + view.abandoned + view.waiting);
  }

  /** The same, once a step is over. */
  looks(capacity: number): void {
    this.addsUp();
    expect(this.doubts).toEqual([]);
    this.lostBefore = this.flow.counters.lost;
    this.distrust = 0;
    const views = this.flow.consumers.views();
    const sum = (count: 'conflated' | 'lost' | 'abandoned' | 'waiting' | 'delivered'): number =>
      views.reduce((total, view) => total + view[count], 0);
    expect(sum('delivered')).toBe(this.builder.calls);
    expect(sum('waiting')).toBeLessThanOrEqual(Math.max(capacity, 3));
    const { conflated, lost, abandoned } = this.statistics.consumers;
    expect([conflated, lost, abandoned]).toEqual([sum('conflated'), sum('lost'), sum('abandoned')]);
  }

  /** Everything becomes well again, and everybody gets all there is. */
  async recovers(): Promise<void> {
    this.flow.presence.marketOpened('again', true);
    this.flow.presence.caughtUp('again');
    this.flow.presence.resumed('again');
    this.flow.presence.lost('once more');
    this.flow.presence.confirmed();
    this.seeds(0);
    while (this.builder.finish(false)) await turn();
    this.looks(0);
    expect(this.flow.status.state).toBe('live');
    const { lost } = this.statistics.consumers;
    expect([this.flow.counters.waiting, this.builder.toldLost, this.builder.wasMisled]).toEqual([
      0,
      lost,
      false,
    ]);
    expect(this.builder.book.bids()).toEqual(this.truth.bids());
  }

  private update(last: number, bids: readonly (readonly [string, string])[]): void {
    this.flow.bookUpdate(this.clock.now(), undefined, { first: last, last }, [...bids], []);
  }
}

type Step = (world: World) => void;

const moves = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 3 }))
  .map(([price, amount]): [string, Step] => ['moves', (world) => world.moves(price, amount)]);
const named = (name: string, step: Step): fc.Arbitrary<[string, Step]> => fc.constant([name, step]);

const EVENTS = fc.oneof(
  { weight: 12, arbitrary: moves },
  { weight: 2, arbitrary: named('moves unheard', (world) => world.moves(7, 1, false)) },
  { weight: 2, arbitrary: named('repeats', (world) => world.repeats()) },
  { weight: 1, arbitrary: named('crosses', (world) => world.crosses()) },
  {
    weight: 6,
    arbitrary: fc
      .integer({ min: 0, max: 4 })
      .map((behind): [string, Step] => [`seed ${behind} behind`, (world) => world.seeds(behind)]),
  },
  { weight: 1, arbitrary: named('snapshot', (world) => world.snapshot()) },
  { weight: 1, arbitrary: named('crossed snapshot', (world) => world.snapshot([['1', '1']])) },
  { weight: 1, arbitrary: named('rejects', (world) => world.flow.rejected('no price')) },
  { weight: 1, arbitrary: named('repeats of another connection', (world) => world.flow.repeated(2)) },
  { weight: 1, arbitrary: named('another connection', (world) => world.flow.continueBook()) },
  { weight: 2, arbitrary: named('lost', (world) => world.flow.presence.lost('gone')) },
  { weight: 3, arbitrary: named('confirmed', (world) => world.flow.presence.confirmed()) },
  { weight: 1, arbitrary: named('silent', (world) => world.flow.presence.fellSilent('quiet')) },
  { weight: 1, arbitrary: named('late', (world) => world.flow.presence.fellBehind('late')) },
  { weight: 1, arbitrary: named('in time', (world) => world.flow.presence.caughtUp('in time')) },
  { weight: 1, arbitrary: named('paused', (world) => world.flow.presence.paused('maintenance')) },
  { weight: 1, arbitrary: named('resumed', (world) => world.flow.presence.resumed('over')) },
  { weight: 1, arbitrary: named('halted', (world) => world.flow.presence.marketHalted('news')) },
  { weight: 1, arbitrary: named('opened', (world) => world.flow.presence.marketOpened('news', true)) },
  { weight: 1, arbitrary: named('placed anew', (world) => world.place()) },
  { weight: 6, arbitrary: named('finishes', (world) => void world.builder.finish(false)) },
  { weight: 1, arbitrary: named('fails', (world) => void world.builder.finish(true)) },
);

describe('of every row of a book it is known what has become of it', () => {
  test.each<ConsumerPolicy>([...CONSUMER_POLICIES])(
    'through gaps, seeds and reconnects, to handlers of the policy %s that take their time',
    async (policy) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(EVENTS, { maxLength: 80 }),
          fc.integer({ min: 1, max: 8 }),
          async (steps, capacity) => {
            const world = new World(policy, capacity);
            for (const [, step] of steps) {
              step(world);
              await Promise.resolve();
              world.looks(capacity);
            }
            await world.recovers();
          },
        ),
        { numRuns: 200 },
      );
    },
  );
});
