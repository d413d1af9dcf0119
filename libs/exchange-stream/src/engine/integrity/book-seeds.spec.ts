import { VirtualClock } from '@exchange-stream/market-data';
import type { BookSeed, ExchangeAdapter } from '../../contract/index.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { BookSeeds } from './book-seeds.ts';

const SEED: BookSeed = { sequence: 7, bids: [], asks: [] };

/** A book whose snapshot comes with its subscription, or by REST where it does not come in time. */
function awaited(restSeedAfterMs?: number) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const flow = {
    isSeeding: true,
    seeded: ({ sequence }: BookSeed) => {
      told.push(`seed ${sequence}`);
      flow.isSeeding = false;
    },
  };
  const seeds = new BookSeeds({
    adapter: { exchange: 'lab', rest: { bookSeed: {} } } as unknown as ExchangeAdapter, // the part that is used
    rest: {
      call: () => {
        told.push('REST');
        return Promise.resolve(SEED as never);
      },
    },
    platform: { clock, random: { next: () => 0 } },
    statistics: {
      seeds: { loaded: 0 },
      bookResyncs: { begun: 0, delayed: 0 },
    } as unknown as ExchangeStatistics, // the part that is used
    report: () => undefined,
    renew: () => told.push('asked for again'),
    move: () => undefined,
  });
  const subscription = {
    place: {
      instrument: { nativeSymbol: 'BTC-USDT' },
      book: {
        ...{ kind: 'linked', seed: 'stream', follows: () => 'follows' },
        ...(restSeedAfterMs !== undefined && { restSeedAfterMs }),
      },
    },
    flow,
  } as unknown as Subscription; // the part that is used
  seeds.request(subscription, 0, undefined);
  return { clock, told, flow, seeds, subscription };
}

describe('a book whose snapshot should come with its subscription', () => {
  test('is asked of REST where it has not come in time, and then waited for no more', async () => {
    const { clock, told } = awaited(3_000);
    await clock.advance(2_999);
    expect(told).toEqual([]);
    await clock.advance(60_000);
    expect(told).toEqual(['REST', 'seed 7']);
    expect(clock.pending).toBe(0);
  });

  test('is not asked of REST where it has come', async () => {
    const { clock, told, flow } = awaited(3_000);
    flow.isSeeding = false;
    await clock.advance(60_000);
    expect(told).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('is not asked of REST where that is no way', async () => {
    const { clock, told, seeds } = awaited();
    await clock.advance(11_000);
    expect(told).toEqual(['asked for again']);
    seeds.stop();
    expect(clock.pending).toBe(0);
  });

  test.each([1_000, 3_000])(
    'is asked of nobody once nobody wants it any more, after %i ms',
    async (afterMs) => {
      const { clock, told, seeds, subscription } = awaited(3_000);
      await clock.advance(afterMs - 1);
      seeds.cancel(subscription);
      await clock.advance(60_000);
      expect(told).toEqual([]);
      expect(clock.pending).toBe(0);
    },
  );
});
