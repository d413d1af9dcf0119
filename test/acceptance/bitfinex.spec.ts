import { acceptance } from '@exchange-stream/acceptance';
import { bitfinex } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of bitfinex', () => {
  acceptance(
    {
      adapter: () => bitfinex(),
      twin: (environment) => createSimulatedExchange('bitfinex', environment),
      instruments: [
        { symbol: 'BTC/USD', market: 'tBTCUSD' },
        { symbol: 'BTC/USDT:USDT', market: 'tBTCF0:USTF0' },
        // Prices below a millionth, which are written with an exponent.
        { symbol: 'XDC/BTC', market: 'tXDCBTC' },
        { symbol: 'fUSD', market: 'fUSD' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
