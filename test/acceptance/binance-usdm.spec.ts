import { acceptance } from '@exchange-stream/acceptance';
import { binanceUsdm } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of binance-usdm', () => {
  acceptance(
    {
      adapter: () => binanceUsdm(),
      twin: (environment) => createSimulatedExchange('binance-usdm', environment),
      instruments: [
        { symbol: 'BTC/USDT:USDT', market: 'BTCUSDT' },
        { symbol: 'ETH/USDT:USDT', market: 'ETHUSDT' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
