import { acceptance } from '@exchange-stream/acceptance';
import { lab } from '../lab/adapter/lab.adapter.ts';
import { LabExchange } from '../lab/twin/index.ts';

const DIALECTS = {
  'whose books link and are proved by checksums': { books: 'chain', checksums: true },
  'whose frames are counted, and whose values come in parts': {
    books: 'none',
    heartbeat: 'test-request',
    acks: 'channel',
  },
} as const;

describe.each(Object.entries(DIALECTS))('acceptance of a lab %s', (_name, dialects) => {
  acceptance(
    {
      adapter: () =>
        lab({ ...dialects, ...(dialects.books === 'none' && { numbered: true, values: 'parts' }) }),
      twin: ({ clock, seed, market }) =>
        new LabExchange({ clock, ...(seed !== undefined && { seed }), ...market, ...dialects }),
      instruments: [
        { symbol: 'BTC/USDT', market: 'BTC-USDT' },
        { symbol: 'ETH/USDT', market: 'ETH-USDT' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
