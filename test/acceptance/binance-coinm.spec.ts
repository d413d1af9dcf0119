import { acceptance } from '@exchange-stream/acceptance';
import { binanceCoinm } from '@exchange-stream/adapters';
import { createSimulatedExchange } from '@exchange-stream/simulator';

describe('acceptance of binance-coinm', () => {
  acceptance(
    {
      adapter: () => binanceCoinm(),
      twin: (environment) => createSimulatedExchange('binance-coinm', environment),
      instruments: [
        { symbol: 'BTC/USD:BTC', market: 'BTCUSD_PERP' },
        { symbol: 'ETH/USD:ETH', market: 'ETHUSD_PERP' },
      ],
    },
    { test, skip: (name) => test.skip(name, () => undefined) },
  );
});
