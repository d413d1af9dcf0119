import { acceptance } from '@exchange-stream/acceptance';
import { coinbase } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of coinbase', () => {
  acceptance(
    {
      adapter: () => coinbase(),
      twin: (environment) => createSimulatedExchange('coinbase', environment),
      instruments: [
        { symbol: 'BTC/USD', market: 'BTC-USD' },
        { symbol: 'BTC/USD:USD', market: 'BIP-20DEC30-CDE' },
        { symbol: 'ETH/USDC', market: 'ETH-USD' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
