import { SystemClock, type Clock } from '@exchange-stream/market-data';
import type { MarketOptions } from './market/market.ts';
import { createSimulatedExchange } from './registry.ts';
import { serveExchange, type RunningExchange } from './serve-exchange.ts';

export interface SimulatorOptions {
  /** Id of the exchange, such as `binance`. */
  readonly exchange: string;
  /** TCP port; 0, the default, takes any free one. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** The same seed gives the same market. Default 1. */
  readonly seed?: number;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  readonly market?: Partial<MarketOptions>;
}

/** A simulated exchange that listens. */
export type RunningSimulator = RunningExchange;

/**
 * Starts a simulated exchange on this machine, WebSocket and REST on one port.
 *
 * @throws UnknownExchangeError
 * @throws UnknownSymbolError
 * @throws SimulatorPortError
 */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { exchange: id, host, port, seed, market, clock = new SystemClock() } = options;
  const exchange = createSimulatedExchange(id, {
    clock,
    ...(seed !== undefined && { seed }),
    ...(market !== undefined && { market }),
  });
  return serveExchange(exchange, {
    clock,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
  });
}
