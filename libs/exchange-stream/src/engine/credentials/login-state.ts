/**
 * How far a login has come. `none`: nobody has tried. `rejected`: the exchange does not take the credentials, and they are
 * not shown to it again until they change.
 */
export type LoginState = 'none' | 'pending' | 'authenticated' | 'rejected';

export const LOGIN_STATES: readonly LoginState[] = ['none', 'pending', 'authenticated', 'rejected'];

/** An account at an exchange as it stands. Without anything secret. */
export interface AccountView {
  readonly exchange: string;
  /** Its name in the settings; `default` is that of subscriptions which name none. */
  readonly account: string;
  /** Of its connections together: `rejected` goes before `authenticated`, and that before `pending`. */
  readonly state: LoginState;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** In words. */
  readonly reason: string;
  /** Connections that are logged in. */
  readonly loggedIn: number;
}

/** Whether what wants a login can be used. */
export interface AuthenticatedUse {
  readonly canUse: boolean;
  readonly state: LoginState;
  /** Why, or why not, in words. */
  readonly reason: string;
}
