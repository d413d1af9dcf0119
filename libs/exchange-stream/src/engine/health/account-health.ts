import type { AccountView, LoginState } from '../credentials/login-state.ts';
import type { HealthStatus } from './exchange-health.ts';

/** How the logins of one account do. Holds no credential. */
export interface AccountHealth {
  /** Its name; `default` is that of subscriptions which name none. */
  readonly account: string;
  readonly exchange: string;
  readonly state: LoginState;
  /** `down`: the exchange does not take its credentials. `degraded`: it logs in. `up`: logged in, or not needed yet. */
  readonly status: HealthStatus;
  /** Why, in words. */
  readonly reason: string;
  /** When it entered its state, milliseconds since the epoch. */
  readonly since: number;
}

/** @param enabled whether its exchange is to be talked to */
export function judgeAccount(view: AccountView, enabled = true): AccountHealth {
  const { account, exchange, state, since, reason } = view;
  return { account, exchange, state, status: enabled ? statusOf(state) : 'disabled', reason, since };
}

/** `account hedge is rejected, the exchange refused the login: …`. */
export function describeAccount({ account, state, reason }: AccountView): string {
  return `account ${account} is ${state}, ${reason}`;
}

function statusOf(state: LoginState): HealthStatus {
  switch (state) {
    case 'rejected':
      return 'down';
    case 'pending':
      return 'degraded';
    case 'none':
    case 'authenticated':
      return 'up';
  }
}
