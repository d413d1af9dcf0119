import type { Clock, Random } from '@exchange-stream/market-data';
import type { SocketFactory } from '../connection/socket.ts';
import type { HttpTransport } from '../rest/http-transport.ts';
import type { BudgetProvider } from '../limits/budget-provider.ts';
import type { NonceProvider } from '../credentials/nonce-source.ts';

/** Everything the engine takes from outside. */
export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly sockets: SocketFactory;
  readonly http: HttpTransport;
  /** What is left of each exchange's limits; instances of one process share it. */
  readonly budgets: BudgetProvider;
  /** The nonces of each key; instances of one process share them. */
  readonly nonces: NonceProvider;
}
