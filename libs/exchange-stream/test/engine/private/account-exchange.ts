import type { ExchangeAdapter } from '../../../src/contract/index.ts';
import { privateAdapter } from '../private-exchange.ts';

/** The made-up exchange with a private socket, which tells what accounts have. */
export function accountAdapter(): ExchangeAdapter {
  return {
    ...privateAdapter(),
    privateChannels: {
      orders: { endpoint: 'private', topic: 'orders', snapshot: 'stream' },
      fills: { endpoint: 'private', topic: 'fills', hasConsecutiveIds: true },
      balances: { endpoint: 'private', topic: 'balances', snapshot: 'stream' },
    },
  };
}
