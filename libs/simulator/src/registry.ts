import { binanceSpot } from './binance/binance.segment.ts';
import { binanceCoinm, binanceUsdm } from './binance-futures/futures.segment.ts';
import { BitfinexExchange } from './bitfinex/bitfinex.exchange.ts';
import { BybitExchange } from './bybit/bybit.exchange.ts';
import { coinbase } from './coinbase/coinbase.segment.ts';
import { coinbaseExchange } from './coinbase-exchange/exchange.segment.ts';
import { KrakenExchange } from './kraken/kraken.exchange.ts';
import { KrakenFuturesExchange } from './kraken-futures/kraken-futures.exchange.ts';
import { OkxExchange } from './okx/okx.exchange.ts';
import type { SimulatedExchange, SimulatedExchangeEnvironment } from './simulated-exchange.ts';

/** Every exchange that can be simulated: one line each. */
const EXCHANGES = {
  binance: binanceSpot,
  'binance-usdm': binanceUsdm,
  'binance-coinm': binanceCoinm,
  bitfinex: (environment) => new BitfinexExchange(environment),
  bybit: (environment) => new BybitExchange(environment),
  coinbase: (environment) => coinbase(environment),
  'coinbase-exchange': coinbaseExchange,
  kraken: (environment) => new KrakenExchange(environment),
  'kraken-futures': (environment) => new KrakenFuturesExchange(environment),
  okx: (environment) => new OkxExchange(environment),
} as const satisfies Record<string, (environment: SimulatedExchangeEnvironment) => SimulatedExchange>;

export type SimulatedExchangeId = keyof typeof EXCHANGES;

/** Ids of all exchanges that can be simulated. */
export const SIMULATED_EXCHANGES: readonly string[] = Object.keys(EXCHANGES);

/** Thrown when asked for an exchange that has no simulation. */
export class UnknownExchangeError extends Error {
  readonly code = 'UNKNOWN_EXCHANGE';

  constructor(exchange: string) {
    super(
      `There is no simulated exchange ${JSON.stringify(exchange)}. Use one of: ${SIMULATED_EXCHANGES.join(', ')}.`,
    );
    this.name = 'UnknownExchangeError';
  }
}

/**
 * Builds a simulated exchange without any transport; hand it connections yourself, or give it to
 * `createMemoryTransport`. It stands still until `start()`.
 *
 * @throws UnknownExchangeError
 * @throws UnknownSymbolError when `market.symbols` names a symbol the exchange does not simulate
 */
export function createSimulatedExchange(
  exchange: string,
  environment: SimulatedExchangeEnvironment,
): SimulatedExchange {
  if (!isSimulatedExchange(exchange)) throw new UnknownExchangeError(exchange);
  return EXCHANGES[exchange](environment);
}

function isSimulatedExchange(exchange: string): exchange is SimulatedExchangeId {
  return Object.hasOwn(EXCHANGES, exchange);
}
