/** Kraken Futures' hottest frames: one level or one trade in each, whose prices and amounts are JSON numbers. */
import { krakenFutures } from '@exchange-stream/adapters';

const price = (variant) => 65_000 + variant / 2;
const time = (variant) => 1_790_134_414_850 + variant;
const product = { product_id: 'PF_XBTUSD' };

const url = 'wss://bench.test/ws/v1';

export default {
  session: () => krakenFutures().createSession({ endpoint: 'public', url, nextId: () => 1 }),
  topics: ['trade:PF_XBTUSD', 'book:PF_XBTUSD'],
  goal: 1.5,
  kinds: {
    'kraken-futures trade': (variant) => ({
      ...{ feed: 'trade', ...product, uid: `05af78ac-a774-478c-a50c-8b9c234e${1_000 + (variant % 9_000)}` },
      ...{ side: variant % 2 === 0 ? 'buy' : 'sell', type: 'fill', seq: 653_355 + variant },
      ...{ time: time(variant), qty: 0.0001 * (1 + (variant % 999)), price: price(variant) },
    }),
    'kraken-futures book change': (variant) => ({
      ...{ feed: 'book', ...product, side: variant % 2 === 0 ? 'buy' : 'sell', seq: 326_094_134 + variant },
      ...{ price: price(variant), qty: variant % 3 === 0 ? 0 : 0.5 * variant, timestamp: time(variant) },
    }),
  },
};
