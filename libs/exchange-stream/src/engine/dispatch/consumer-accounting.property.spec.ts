import {
  OrderBook,
  VirtualClock,
  type BookLevel,
  type DataState,
  type MarketEvent,
  type StatusEvent,
} from '@exchange-stream/market-data';
import * as fc from 'fast-check';
import { CONSUMER_POLICIES, type ConsumerPolicy } from './consumer-policy.ts';
import { FlowConsumers } from './flow-consumers.ts';

const ORIGIN = { exchange: 'lab', symbol: 'BTC/USDT', nativeSymbol: 'BTCUSDT', receivedAt: 0 };

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A flow of one book, which a script moves. */
class BookFlow {
  readonly losses = { conflated: 0, lost: 0, abandoned: 0 };
  readonly book = new OrderBook();
  readonly consumers: FlowConsumers;
  private state: DataState = 'live';
  private sequence = 0;

  constructor() {
    this.consumers = new FlowConsumers('book', {
      clock: new VirtualClock(),
      deadlineMs: 1_000,
      losses: this.losses,
      latest: () => (this.state === 'live' ? this.snapshot() : undefined),
      current: () => (this.state === 'live' ? [this.snapshot()] : []),
      fills: () => undefined,
      status: () => this.status(),
      failed: () => undefined,
      overdue: () => undefined,
      overflowed: () => undefined,
    });
  }

  update(bids: readonly BookLevel[]): void {
    this.sequence++;
    this.book.applyUpdate(bids, []);
    this.consumers.deliver({ type: 'book-update', ...ORIGIN, sequence: this.sequence, bids, asks: [] });
  }

  /** A gap, and the snapshot that ends it. */
  breaks(): void {
    this.enter('gap');
    this.book.clear();
    this.book.applySnapshot([['1', '1']], []);
    this.sequence++;
    this.consumers.deliver(this.snapshot());
    this.enter('live');
  }

  private enter(state: DataState): void {
    this.state = state;
    this.consumers.deliver(this.status());
  }

  private snapshot(): MarketEvent {
    return { type: 'book-snapshot', ...ORIGIN, sequence: this.sequence, bids: this.book.bids(), asks: [] };
  }

  private status(): StatusEvent {
    return {
      type: 'status',
      ...ORIGIN,
      channel: 'book',
      subscription: 'book',
      state: this.state,
      reason: '',
    };
  }
}

/** Builds a book of what it is told, at its own pace, and fails now and then. */
class Builder {
  readonly book = new OrderBook();
  calls = 0;
  newest = 0;
  wentBack = false;
  afterGap = false;
  toldLost = 0;
  private release: (() => void) | undefined;
  private fails = false;

  readonly handle = (event: MarketEvent): Promise<void> => {
    this.calls++;
    this.take(event);
    return new Promise((resolve, reject) => {
      this.release = this.fails ? () => reject(new Error('no')) : resolve;
    });
  };

  /** Lets it finish with an event, well or not; whether there was one. */
  finish(fails: boolean): boolean {
    const { release } = this;
    this.release = undefined;
    this.fails = fails;
    release?.();
    return release !== undefined;
  }

  private take(event: MarketEvent): void {
    if (event.type === 'status') {
      if (event.state === 'gap') this.afterGap = true;
      this.toldLost += event.lost?.events ?? 0;
    } else if (event.type === 'book-snapshot' || event.type === 'book-update') {
      this.wentBack ||= Number(event.sequence) < this.newest;
      this.newest = Number(event.sequence);
      if (event.type === 'book-snapshot') {
        this.afterGap = false;
        this.book.applySnapshot(event.bids, event.asks);
      } else if (this.afterGap) this.wentBack = true;
      else this.book.applyUpdate(event.bids, event.asks);
    }
  }
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ price: fc.integer({ min: 1, max: 9 }), amount: fc.integer({ min: 0, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.constant('break' as const) },
  { weight: 3, arbitrary: fc.constant('finish' as const) },
  { weight: 1, arbitrary: fc.constant('fail' as const) },
);

describe('whatever pace a consumer has', () => {
  test.each<ConsumerPolicy>([...CONSUMER_POLICIES])(
    'by the policy %s its counts add up, every loss is told, and it ends with the right book',
    async (policy) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 60 }),
          fc.integer({ min: 1, max: 8 }),
          async (steps, capacity) => {
            const flow = new BookFlow();
            const slow = new Builder();
            const adds = (): void => {
              const [view] = flow.consumers.views();
              if (!view) throw new Error('It has left.');
              const { received, delivered, conflated, lost, abandoned, waiting } = view;
              expect(received).toBe(delivered + conflated + lost + abandoned + waiting);
              expect(delivered).toBe(slow.calls);
              expect(waiting).toBeLessThanOrEqual(Math.max(capacity, 3));
              expect(flow.losses).toEqual({ conflated, lost, abandoned });
            };
            const leave = flow.consumers.handle('slow', slow.handle, { policy, capacity });
            for (const next of steps) {
              if (next === 'break') flow.breaks();
              else if (typeof next === 'object') flow.update([[String(next.price), String(next.amount)]]);
              else {
                slow.finish(next === 'fail');
                await turn();
              }
              adds();
            }
            while (slow.finish(false)) await turn();
            adds();
            const [view] = flow.consumers.views();
            expect([view?.waiting, slow.toldLost, slow.wentBack]).toEqual([0, view?.lost, false]);
            expect(slow.book.bids()).toEqual(flow.book.bids());
            leave();
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  test('candles that wait are merged by their time, so that none that has closed is missed', async () => {
    const consumers = new FlowConsumers('candles', {
      clock: new VirtualClock(),
      deadlineMs: 1_000,
      losses: { conflated: 0, lost: 0, abandoned: 0 },
      latest: () => undefined,
      current: () => [],
      fills: () => undefined,
      status: () => ({
        type: 'status',
        ...ORIGIN,
        channel: 'candles',
        subscription: 'c',
        state: 'live',
        reason: '',
      }),
      failed: () => undefined,
      overdue: () => undefined,
      overflowed: () => undefined,
    });
    const loop = consumers.iterate('loop', { policy: 'merge' }, () => undefined);
    for (const [openTime, close] of [
      [0, '1'],
      [0, '2'],
      [60_000, '3'],
      [60_000, '4'],
    ] as const)
      consumers.deliver({
        ...{
          type: 'candle',
          ...ORIGIN,
          interval: '1m',
          openTime,
          closeTime: openTime + 60_000,
          open: '1',
          high: '1',
        },
        ...{ low: '1', close, baseVolume: '1', closed: false, source: 'stream' },
      });
    loop.end();
    const seen: string[] = [];
    for await (const event of loop) seen.push(event.type === 'candle' ? event.close : event.type);
    expect(seen).toEqual(['status', '2', '4']);
  });
});
