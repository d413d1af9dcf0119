import { BinancePlatform } from '../binance-platform/platform.ts';
import type { BinanceSegment } from '../binance-platform/segment.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import type { SimulatedExchange, SimulatedExchangeEnvironment } from '../simulated-exchange.ts';
import { futuresInstruments } from './futures.instruments.ts';
import { FUTURES_LIMITS } from './futures.limits.ts';
import type { Product } from './futures.product.ts';
import { FuturesPublisher, isContractOf } from './futures.publisher.ts';
import { futuresPools, futuresRest, type FuturesPools } from './futures.rest.ts';
import { flowsOn, parsePlainAddress, parseRoutedAddress, type FuturesAddress } from './futures.routes.ts';
import { parseFuturesStream, type FuturesStream } from './futures.streams.ts';

/** Ids of books leave room: they do not count one by one, only `pu` links updates. */
const UPDATE_ID_STEP = 7;

/** The twin of Binance's dollar-margined futures, with its routes. */
export function binanceUsdm(environment: SimulatedExchangeEnvironment): SimulatedExchange {
  return futures('usdm', environment, futuresPools(environment.clock));
}

/** The twin of Binance's coin-margined futures, which has no routes. */
export function binanceCoinm(environment: SimulatedExchangeEnvironment): SimulatedExchange {
  return futures('coinm', environment, futuresPools(environment.clock));
}

/**
 * Both twins as they are behind one address: what is asked of one by REST counts on the other too.
 *
 * @throws UnknownSymbolError when `market.symbols` names a symbol that neither has
 */
export function binanceFutures(environment: SimulatedExchangeEnvironment): {
  readonly usdm: SimulatedExchange;
  readonly coinm: SimulatedExchange;
} {
  const pools = futuresPools(environment.clock);
  return { usdm: futures('usdm', environment, pools), coinm: futures('coinm', environment, pools) };
}

function futures(
  product: Product,
  environment: SimulatedExchangeEnvironment,
  pools: FuturesPools,
): SimulatedExchange {
  return new BinancePlatform(segment(product, pools), environment);
}

/** Since 2026-06-30 both hosts carry the arrays of both products: so each twin has the markets of both. */
function segment(product: Product, pools: FuturesPools): BinanceSegment<FuturesStream, FuturesAddress> {
  return {
    id: `binance-${product}`,
    nestsErrors: true,
    limits: FUTURES_LIMITS,
    updateIdStep: UPDATE_ID_STEP,
    names: {
      address: product === 'usdm' ? parseRoutedAddress : parsePlainAddress,
      parse: parseFuturesStream,
      flows: (stream, asked) => flowsOn(product, stream, asked),
      symbolOf: (stream) => ('symbol' in stream ? stream.symbol : ''),
      bookOf: (stream) =>
        stream.kind === 'depth' || stream.kind === 'partialDepth'
          ? { symbol: stream.symbol, bids: 'b' }
          : undefined,
    },
    instruments: (now) => futuresInstruments(product, now),
    publisher: (clock, streams) => new FuturesPublisher(clock, streams),
    rest: (clock, market, violations) => futuresRest(product, clock, market, violations, pools),
    prepare: prepareCandles,
  };
}

/** A candle's close is published by its series, so the series must run before the close comes. */
function prepareCandles(stream: FuturesStream, market: SeededMarket, now: number): void {
  if (stream.kind === 'kline') market.find(stream.symbol)?.candles(stream.timeframe);
  if (stream.kind !== 'continuousKline') return;
  market.markets.find((one) => isContractOf(one, stream, now))?.candles(stream.timeframe);
}
