import type { ConnectionState, ConnectionView } from '../connection/connection-state.ts';
import type { LoginState } from '../credentials/login-state.ts';
import type { HealthStatus } from './exchange-health.ts';

/** How one connection does. Holds no URL and no credential. */
export interface ConnectionHealth {
  readonly id: string;
  readonly exchange: string;
  readonly endpoint: string;
  readonly state: ConnectionState;
  /** `up`: open. `degraded`: on its way there or out, and not in trouble. `down`: lost, or refused. */
  readonly status: HealthStatus;
  /** Why, in words. */
  readonly reason: string;
  /** When it entered its state, milliseconds since the epoch. */
  readonly since: number;
  /** Whose it is, and how far its login has come, where it logs in. */
  readonly account?: string;
  readonly login?: LoginState;
}

export function judgeConnection(view: ConnectionView): ConnectionHealth {
  const { id, exchange, endpoint, state, since, account, login } = view;
  return {
    id,
    exchange,
    endpoint,
    state,
    since,
    status: statusOf(view),
    reason: `${state}: ${view.reason}`,
    ...(account !== undefined && { account }),
    ...(login !== undefined && { login }),
  };
}

function statusOf({ state, failure, attempts }: ConnectionView): HealthStatus {
  switch (state) {
    case 'open':
      return 'up';
    case 'waiting':
    case 'closed':
      return 'down';
    case 'connecting':
    case 'authenticating':
      // Dialled again, it was lost before, and still is.
      return failure !== undefined || attempts > 1 ? 'down' : 'degraded';
    case 'draining':
      // Not let in, it closes for good.
      return failure?.kind === 'login' ? 'down' : 'degraded';
    case 'idle':
      return 'degraded';
  }
}
