import { acceptance } from '@exchange-stream/acceptance';
import { okx } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of okx', () => {
  acceptance(
    {
      adapter: () => okx(),
      twin: (environment) => createSimulatedExchange('okx', environment),
      instruments: [
        { symbol: 'BTC/USDT', market: 'BTC-USDT' },
        { symbol: 'BTC/USDT:USDT', market: 'BTC-USDT-SWAP' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
