import { acceptance } from '@exchange-stream/acceptance';
import { kraken } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of kraken', () => {
  acceptance(
    {
      adapter: () => kraken(),
      twin: (environment) => createSimulatedExchange('kraken', environment),
      instruments: [
        { symbol: 'BTC/USD', market: 'BTC/USD' },
        { symbol: 'DOGE/USD', market: 'DOGE/USD' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
