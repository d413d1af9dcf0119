import type { ExchangeAdapter } from '@exchange-stream/nestjs/contract';
import { binance } from './binance/binance.adapter.ts';
import { binanceCoinm } from './binance-coinm/binance-coinm.adapter.ts';
import { binanceUsdm } from './binance-usdm/binance-usdm.adapter.ts';
import { bitfinex } from './bitfinex/bitfinex.adapter.ts';
import { bybit } from './bybit/bybit.adapter.ts';
import { coinbase } from './coinbase/coinbase.adapter.ts';
import { coinbaseExchange } from './coinbase-exchange/coinbase-exchange.adapter.ts';
import { kraken } from './kraken/kraken.adapter.ts';
import { krakenFutures } from './kraken-futures/kraken-futures.adapter.ts';
import { okx } from './okx/okx.adapter.ts';

export { binance, type BinanceOptions } from './binance/binance.adapter.ts';
export { binanceCoinm, type BinanceCoinmOptions } from './binance-coinm/binance-coinm.adapter.ts';
export { binanceUsdm } from './binance-usdm/binance-usdm.adapter.ts';
export { bitfinex, type BitfinexOptions } from './bitfinex/bitfinex.adapter.ts';
export type { BitfinexFlag } from './bitfinex/bitfinex.flags.ts';
export { bybit, type BybitOptions } from './bybit/bybit.adapter.ts';
export { coinbase, type CoinbaseOptions } from './coinbase/coinbase.adapter.ts';
export {
  coinbaseExchange,
  type CoinbaseExchangeOptions,
} from './coinbase-exchange/coinbase-exchange.adapter.ts';
export { kraken, type KrakenOptions } from './kraken/kraken.adapter.ts';
export { krakenFutures, type KrakenFuturesOptions } from './kraken-futures/kraken-futures.adapter.ts';
export { okx, type OkxOptions } from './okx/okx.adapter.ts';

/** All exchanges of this package by id; each call makes a new adapter with its default options. */
export const ADAPTERS: Readonly<Record<string, () => ExchangeAdapter>> = {
  binance: () => binance(),
  'binance-usdm': () => binanceUsdm(),
  'binance-coinm': () => binanceCoinm(),
  bitfinex: () => bitfinex(),
  bybit: () => bybit(),
  coinbase: () => coinbase(),
  'coinbase-exchange': () => coinbaseExchange(),
  kraken: () => kraken(),
  'kraken-futures': () => krakenFutures(),
  okx: () => okx(),
};
