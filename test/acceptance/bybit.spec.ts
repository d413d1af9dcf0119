import { acceptance } from '@exchange-stream/acceptance';
import { bybit } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of bybit', () => {
  acceptance(
    {
      adapter: () => bybit(),
      twin: (environment) => createSimulatedExchange('bybit', environment),
      instruments: [
        { symbol: 'BTC/USDT:USDT', market: 'linear:BTCUSDT' },
        { symbol: 'BTC/USDT', market: 'spot:BTCUSDT' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
