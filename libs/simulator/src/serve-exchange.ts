import { SystemClock, type Clock } from '@exchange-stream/market-data';
import { ExchangeServer } from './platform/exchange-server.ts';
import type { SimulatedExchange } from './simulated-exchange.ts';

export interface ServeOptions {
  /** TCP port; 0, the default, takes any free one. */
  readonly port?: number;
  /** Address to listen on. Default `127.0.0.1`. */
  readonly host?: string;
  /** The clock of the exchange. Default: the machine's. */
  readonly clock?: Clock;
}

/** A simulated exchange that listens. */
export interface RunningExchange<E extends SimulatedExchange = SimulatedExchange> {
  readonly exchange: E;
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
 * Puts an exchange on a port of this machine, WebSocket and REST on the same one, and starts it.
 *
 * @throws SimulatorPortError
 */
export async function serveExchange<E extends SimulatedExchange>(
  exchange: E,
  options: ServeOptions = {},
): Promise<RunningExchange<E>> {
  const { host = '127.0.0.1', port = 0, clock = new SystemClock() } = options;
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
