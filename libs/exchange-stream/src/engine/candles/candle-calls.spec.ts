import { CandleInterval, VirtualClock } from '@exchange-stream/market-data';
import type { CandlesQuery, ExchangeAdapter } from '../../contract/index.ts';
import type { Platform } from '../platform/platform.ts';
import type { Subscription } from '../subscription/subscription.ts';
import { CandleCalls } from './candle-calls.ts';

const NOW = Date.UTC(2026, 10, 26);

test('candles are asked for with the time of the exchange, as old ones may be elsewhere than new ones', async () => {
  const asked: CandlesQuery[] = [];
  const calls = new CandleCalls({
    adapter: { exchange: 'lab', rest: { candles: {} }, channels: {} } as unknown as ExchangeAdapter, // the part that is used
    platform: { clock: new VirtualClock() } as unknown as Platform, // the part that is used
    report: () => undefined,
    rest: {
      call: (_operation, query) => {
        asked.push(query as CandlesQuery);
        return Promise.resolve([] as never);
      },
    },
    exchangeNow: () => NOW,
  });
  const interval = new CandleInterval('1m');
  const subscription = {
    place: {
      instrument: { nativeSymbol: 'BTC-USDT' },
      candles: { interval, whole: interval, params: {}, settlesWithinMs: 2_000, canFetch: true },
    },
  } as unknown as Subscription; // the part that is used
  await calls.history(subscription, { from: NOW - 120_000, to: NOW - 60_000 }, undefined);
  expect(asked).toMatchObject([{ nativeSymbol: 'BTC-USDT', interval: '1m', asOf: NOW }]);
});
