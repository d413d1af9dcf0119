import { SystemClock, type Clock } from '@exchange-stream/market-data';
import type { MarketOptions } from './market/market.ts';
import { ExchangeServer } from './platform/exchange-server.ts';
import { createSimulatedExchange } from './registry.ts';
import type { SimulatedExchange } from './simulated-exchange.ts';

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
export interface RunningSimulator {
  readonly exchange: SimulatedExchange;
  readonly host: string;
  readonly port: number;
  /** Such as `ws://127.0.0.1:41873`: put it in place of the exchange's own, the paths stay. */
  readonly webSocketUrl: string;
  /** Such as `http://127.0.0.1:41873`. */
  readonly restUrl: string;
  /** Disconnects everybody and frees the port. May be called again. */
  stop(): Promise<void>;
}

/**
 * Starts a simulated exchange on this machine, WebSocket and REST on one port.
 *
 * @throws UnknownExchangeError
 * @throws UnknownSymbolError
 * @throws SimulatorPortError
 */
export async function startSimulator(options: SimulatorOptions): Promise<RunningSimulator> {
  const { exchange: id, host = '127.0.0.1', port = 0, seed, market, clock = new SystemClock() } = options;
  const exchange = createSimulatedExchange(id, {
    clock,
    ...(seed !== undefined && { seed }),
    ...(market !== undefined && { market }),
  });
  const server = new ExchangeServer(exchange, clock);
  const listening = await server.listen(host, port);
  exchange.start();
  const authority = `${host.includes(':') ? `[${host}]` : host}:${listening}`;
  let stopped: Promise<void> | undefined;
  return {
    exchange,
    host,
    port: listening,
    webSocketUrl: `ws://${authority}`,
    restUrl: `http://${authority}`,
    stop: () => {
      if (stopped === undefined) {
        exchange.stop();
        stopped = server.close();
      }
      return stopped;
    },
  };
}
