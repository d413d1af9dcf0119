import { acceptance } from '@exchange-stream/acceptance';
import { binance } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of binance', () => {
  acceptance(
    {
      adapter: () => binance(),
      twin: (environment) => createSimulatedExchange('binance', environment),
      instruments: [
        { symbol: 'BTC/USDT', market: 'BTCUSDT' },
        { symbol: 'ETH/USDT', market: 'ETHUSDT' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
