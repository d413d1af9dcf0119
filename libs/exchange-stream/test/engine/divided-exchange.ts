import type { Instrument } from '@exchange-stream/market-data';
import type { ExchangeAdapter, SocketEndpoint } from '../../src/contract/index.ts';
import { fakeAdapter } from './fake-exchange.ts';

const instrument = (
  kind: Instrument['kind'],
  category: string,
  symbol: string,
  nativeSymbol = 'BTCUSDT',
): Instrument => ({
  ...{ exchange: 'fake', kind, symbol, nativeSymbol, category },
  ...{ base: 'BTC', quote: 'USDT', status: 'trading' },
});

/** The same native symbol twice, and an option. */
export const SPOT = instrument('spot', 'cash', 'BTC/USDT');
export const SWAP = instrument('perpetual', 'swaps', 'BTC/USDT:USDT');
export const OPTION = instrument('option', 'options', 'BTC/USDT:USDT-261225-100000-C', 'BTC-C');

/** An exchange with a socket for each category, on all of which topics are called alike. */
export function dividedAdapter(instruments: readonly Instrument[] = [SPOT, SWAP, OPTION]): ExchangeAdapter {
  const fake = fakeAdapter();
  const { public: endpoint } = fake.endpoints;
  const at = (path: string): SocketEndpoint => ({ ...endpoint!, path: `/public/${path}` });
  return {
    ...fake,
    categories: ['cash', 'swaps', 'options'],
    endpoints: { cash: at('cash'), swaps: at('swaps'), options: at('options') },
    channels: {
      trades: {
        endpoint: (_params, category = '') => category,
        params: {
          depth: {
            description: 'Whatever depth may mean of trades',
            values: [1, 25, 50],
            default: 50,
            perKind: { spot: { values: [1, 50], default: 50 }, option: { values: [25], default: 25 } },
          },
          speed: { description: 'Not of options', values: [1, 2], perKind: { option: { values: [] } } },
        },
        topic: (nativeSymbol) => `trades.${nativeSymbol}`,
        trades: (_params, category) => ({ ids: category === 'cash' ? 'contiguous' : 'arbitrary' }),
      },
      ticker: {
        endpoint: (_params, category = '') => category,
        params: {},
        kinds: ['perpetual', 'option'],
        topic: (nativeSymbol, _params, category) => `ticker.${category}.${nativeSymbol}`,
      },
      book: {
        endpoint: 'cash',
        params: {},
        topic: (nativeSymbol) => `book.${nativeSymbol}`,
        book: () => ({ kind: 'linked', seed: 'rest', follows: () => 'follows' }),
      },
    },
    raw: {
      endpoint: (topic) => (topic === 'system' ? 'cash' : ['cash', 'swaps']),
      endpoints: ['cash', 'swaps'],
    },
    rest: {
      ...fake.rest,
      instruments: {
        request: () => ({ path: '/instruments', weight: 1 }),
        parse: () => instruments,
        recognise: () => undefined,
      },
      bookSeed: {
        request: ({ nativeSymbol, category }) => ({
          path: `/book?symbol=${nativeSymbol}&category=${category}`,
          weight: 1,
        }),
        parse: () => ({ sequence: 1, bids: [], asks: [] }),
        recognise: () => undefined,
      },
    },
    describeTopic: (topic, endpoint) => {
      const [channel, nativeSymbol = ''] = topic.split('.');
      return channel === 'trades' ? { channel, nativeSymbol, category: endpoint, params: {} } : undefined;
    },
    recording: {
      topicsInUrl: () => [],
      topicsInFrame: (frame) => (JSON.parse(frame) as { topics: string[] }).topics,
    },
  };
}
