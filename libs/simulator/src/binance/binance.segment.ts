import { parseStreamAddress, type StreamAddress } from '../binance-platform/address.ts';
import { BinancePlatform } from '../binance-platform/platform.ts';
import type { BinanceSegment } from '../binance-platform/segment.ts';
import type { SimulatedExchange, SimulatedExchangeEnvironment } from '../simulated-exchange.ts';
import { BINANCE_INSTRUMENTS, BINANCE_PLACES } from './binance.instruments.ts';
import { SPOT_LIMITS } from './binance.limits.ts';
import { BinancePublisher } from './binance.publisher.ts';
import { binanceRest } from './binance.rest.ts';
import { parseStream, type Stream } from './binance.streams.ts';
import { timeUnit, type TimeUnit } from '../binance-platform/time-unit.ts';

/** The address of a socket of spot: its query may ask for microseconds. */
export interface SpotAddress extends StreamAddress {
  readonly unit: TimeUnit;
}

const SHUTDOWN = 'serverShutdown';

const SPOT: BinanceSegment<Stream, SpotAddress> = {
  id: 'binance',
  limits: SPOT_LIMITS,
  places: BINANCE_PLACES,
  names: {
    address: (path, query) => {
      const asked = parseStreamAddress(path, query);
      return asked && { ...asked, unit: timeUnit(query) };
    },
    parse: parseStream,
    flows: () => true,
    symbolOf: (stream) => (stream.kind === 'allMiniTickers' ? '' : stream.symbol),
    bookOf: (stream) => {
      if (stream.kind === 'depth') return { symbol: stream.symbol, bids: 'b' };
      return stream.kind === 'partialDepth' ? { symbol: stream.symbol, bids: 'bids' } : undefined;
    },
  },
  instruments: () => BINANCE_INSTRUMENTS,
  publisher: (clock, streams) => new BinancePublisher(clock, streams),
  rest: binanceRest,
  // A candle's close is published by its series, so the series must run before the close comes.
  prepare: (stream, market) => {
    if (stream.kind === 'kline') market.find(stream.symbol)?.candles(stream.timeframe);
  },
  // Since 2026-06-09 without a fixed lead time.
  shutdownNotice: ({ unit }, now) => ({ name: `!${SHUTDOWN}`, payload: { e: SHUTDOWN, E: unit.at(now) } }),
};

/** The twin of Binance spot. */
export function binanceSpot(environment: SimulatedExchangeEnvironment): SimulatedExchange {
  return new BinancePlatform(SPOT, environment);
}
