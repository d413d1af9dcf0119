import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { futuresAdapter } from '../binance-futures/adapter.ts';

/**
 * Binance USD-M futures: contracts that are settled in the quote currency, amounts in base currency.
 *
 * Its streams are divided between the paths `/public` and `/market` since 2026-04-23. Old addresses without one still open
 * and confirm, and have those of `/public` only.
 */
export function binanceUsdm(): ExchangeAdapter {
  return futuresAdapter({
    exchange: 'binance-usdm',
    name: 'Binance USD-M Futures',
    streams: {
      live: ['wss://fstream.binance.com'],
      testnet: [
        'wss://fstream.binancefuture.com',
        // Another way to the same world.
        'wss://demo-fstream.binance.com',
      ],
    },
    isRouted: true,
    rest: {
      baseUrls: {
        live: ['https://fapi.binance.com'],
        testnet: ['https://testnet.binancefuture.com'],
      },
      prefix: '/fapi/v1/',
    },
    form: { unitsPerMs: 1, volumes: 'base and quote', segment: 1 },
  });
}
