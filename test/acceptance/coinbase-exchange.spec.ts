import { acceptance } from '@exchange-stream/acceptance';
import { coinbaseExchange } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of coinbase-exchange', () => {
  acceptance(
    {
      adapter: () => coinbaseExchange(),
      twin: (environment) => createSimulatedExchange('coinbase-exchange', environment),
      instruments: [
        { symbol: 'BTC/USD', market: 'BTC-USD' },
        { symbol: 'ETH/USD', market: 'ETH-USD' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
