import { acceptance } from '@exchange-stream/acceptance';
import { krakenFutures } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of kraken-futures', () => {
  acceptance(
    {
      adapter: () => krakenFutures(),
      twin: (environment) => createSimulatedExchange('kraken-futures', environment),
      instruments: [
        { symbol: 'BTC/USD:USD', market: 'PF_XBTUSD' },
        { symbol: 'BTC/USD:BTC', market: 'PI_XBTUSD' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
