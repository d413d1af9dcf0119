import { VirtualClock, type MarketEvent } from '@exchange-stream/market-data';
import type { BookRules } from '../../contract/index.ts';
import { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { DataFlow } from './data-flow.ts';
import { PATIENCE_MS, QUIET_MS } from './flow-handover.ts';
import { UpdateHandover } from './update-handover.ts';

/** An update names the one before it, and the first one after a seed may begin before that. */
const RULES: BookRules = {
  kind: 'linked',
  seed: 'rest',
  follows: (sequence, { previous, last }) =>
    last <= sequence ? 'old' : previous === sequence ? 'follows' : 'gap',
  bridges: (sequence, { previous = 0, last }) =>
    last <= sequence ? 'old' : previous <= sequence ? 'follows' : 'gap',
};

/** A live book at 100 that the old connection feeds, and the handover to a fresh one. */
class ChangingBook {
  readonly clock = new VirtualClock();
  readonly events: MarketEvent[] = [];
  readonly flow: DataFlow;
  readonly handover: UpdateHandover;

  constructor() {
    this.flow = new DataFlow({ exchange: 'fake', channel: 'book', symbol: 'BTC/USDT' }, 'key', {
      clock: this.clock,
      statistics: new ExchangeStatistics(),
      changed: () => undefined,
      noticed: () => undefined,
      consumerFailed: () => undefined,
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
    this.flow.place({ symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT' }, RULES);
    this.flow.presence.confirmed();
    this.flow.seeded({ sequence: 99, bids: [['10', '1']], asks: [['20', '1']] });
    this.old(99, 100);
    this.flow.consumers.add('test', (event) => void this.events.push(event));
    this.events.splice(0);
    this.handover = new UpdateHandover(this.flow, this.clock);
    this.handover.begin();
  }

  /** An update on the old connection, which ends at `last` and follows `previous`. */
  old(previous: number, last: number): void {
    this.flow.bookUpdate(this.clock.now(), undefined, { previous, last }, [['10', String(last)]], []);
  }

  /** An update on the fresh one. */
  fresh(previous: number, last: number): void {
    this.handover.bookUpdate(this.clock.now(), undefined, { previous, last }, [['10', String(last)]], []);
  }

  /** What consumers were told: the sequence of an update, or the state of the data. */
  get told(): unknown[] {
    return this.events.map((event) => {
      if (event.type === 'status') return event.state;
      return event.type === 'book-update' ? event.sequence : event.type;
    });
  }
}

describe('a book that goes over to another connection', () => {
  test('does so once that one has brought what the book contained when it was confirmed there', () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    book.fresh(97, 99);
    expect(book.handover.judge()).toBe('wait');
    book.fresh(99, 100);
    expect(book.handover.judge()).toBe('switch');
    book.handover.finish();
    book.fresh(100, 101);
    expect(book.told).toEqual([]);
    expect(book.flow.counters).toMatchObject({ gaps: 0, dropped: 2 });
  });

  test('goes on with updates that are cut at other places', () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    book.fresh(98, 102);
    book.fresh(102, 104);
    expect(book.handover.judge()).toBe('switch');
    book.handover.finish();
    expect(book.told).toEqual([102, 104]);
    expect(book.flow.book).toMatchObject({ live: true, counters: { breaks: { gap: 0 } } });
  });

  test('goes on with the first one that comes after the change, which is cut elsewhere too', () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    book.fresh(97, 100);
    expect(book.handover.judge()).toBe('switch');
    book.handover.finish();
    book.flow.bookUpdate(0, undefined, { previous: 99, last: 103 }, [['10', '103']], []);
    expect(book.told).toEqual([103]);
    expect(book.flow.book).toMatchObject({ live: true, counters: { breaks: { gap: 0 } } });
  });

  test('stays where all numbers are lower, for that is another book: nothing would be applied any more', async () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    let verdicts = new Set<string>();
    for (let update = 1; update < 90; update++) {
      book.old(99 + update, 100 + update);
      book.fresh(update - 1, update);
      await book.clock.advance(250);
      verdicts = verdicts.add(book.handover.judge());
    }
    expect(verdicts).toEqual(new Set(['wait']));
    // Nor does it go over when the old connection falls quiet.
    await book.clock.advance(QUIET_MS + PATIENCE_MS);
    expect(book.handover.judge()).toBe('wait');
    expect(book.flow.status.state).toBe('live');
  });

  test('measures by the book that came after, where there was none when it was confirmed', () => {
    const book = new ChangingBook();
    book.flow.presence.lost('gone');
    book.handover.confirmed();
    book.flow.presence.confirmed();
    book.flow.seeded({ sequence: 200, bids: [['10', '1']], asks: [['20', '1']] });
    expect(book.flow.status.state).toBe('live');
    book.fresh(2, 3);
    expect(book.handover.judge()).toBe('wait');
    book.fresh(199, 200);
    expect(book.handover.judge()).toBe('switch');
  });

  test('forgets what a connection had brought that is gone', () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    book.fresh(99, 100);
    book.handover.reset();
    book.handover.confirmed();
    expect(book.handover.judge()).toBe('wait');
  });

  test('goes over in a market at rest, where neither brings anything', async () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    expect(book.handover.judge()).toBe('wait');
    await book.clock.advance(QUIET_MS);
    expect(book.handover.judge()).toBe('switch');
  });

  test('is found out when what comes after that rest has lower numbers: it never stands still and is called live', async () => {
    const book = new ChangingBook();
    const bring = (last: number): void =>
      book.flow.bookUpdate(
        book.clock.now(),
        book.clock.now(),
        { previous: last - 1, last },
        [['10', '7']],
        [],
      );
    bring(101);
    book.handover.confirmed();
    book.handover.judge();
    await book.clock.advance(QUIET_MS);
    expect(book.handover.judge()).toBe('switch');
    book.handover.finish();
    book.events.splice(0);
    bring(1);
    expect(book.told).toEqual(['gap']);
    expect(book.flow.status.reason).toMatch('the numbers went back');
  });

  test('breaks where the old connection does not bring what lies between', async () => {
    const book = new ChangingBook();
    book.handover.confirmed();
    book.fresh(150, 151);
    expect(book.handover.judge()).toBe('wait');
    await book.clock.advance(PATIENCE_MS);
    expect(book.handover.judge()).toBe('break');
  });
});
