import { acceptance } from '@exchange-stream/acceptance';
import { lab } from '../lab/adapter/lab.adapter.ts';
import { LabExchange } from '../lab/twin/index.ts';

describe('acceptance of lab', () => {
  acceptance(
    {
      adapter: () => lab({ books: 'chain', checksums: true }),
      twin: ({ clock, seed, market }) =>
        new LabExchange({
          clock,
          ...(seed !== undefined && { seed }),
          ...market,
          books: 'chain',
          checksums: true,
        }),
      instruments: [
        { symbol: 'BTC/USDT', market: 'BTC-USDT' },
        { symbol: 'ETH/USDT', market: 'ETH-USDT' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
