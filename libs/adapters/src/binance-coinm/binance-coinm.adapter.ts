import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { futuresAdapter } from '../binance-futures/adapter.ts';

export interface BinanceCoinmOptions {
  /**
   * Whether the streams are divided between the paths `/public` and `/market`, as those of USD-M are. Documented is that
   * they are not; one client says otherwise. Default `false`.
   */
  readonly routed?: boolean;
}

/**
 * Binance COIN-M futures: contracts worth a number of USD each, settled in the base currency. Amounts count contracts
 * (`Instrument.contractSize`); volumes of candles and of the 24 h statistics are those in base currency.
 */
export function binanceCoinm({ routed = false }: BinanceCoinmOptions = {}): ExchangeAdapter {
  return futuresAdapter({
    exchange: 'binance-coinm',
    name: 'Binance COIN-M Futures',
    streams: {
      live: ['wss://dstream.binance.com'],
      testnet: [
        'wss://dstream.binancefuture.com',
        // Another way to the same world.
        'wss://demo-dstream.binance.com',
      ],
    },
    isRouted: routed,
    rest: {
      baseUrls: {
        live: ['https://dapi.binance.com'],
        testnet: ['https://testnet.binancefuture.com'],
      },
      prefix: '/dapi/v1/',
    },
    form: { unitsPerMs: 1, volumes: 'contracts and base', segment: 2 },
  });
}
