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
      // One only: a chain goes on without changes, in a market that is closed too.
      instruments: [{ symbol: 'BTC/USDT', market: 'BTC-USDT' }],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
