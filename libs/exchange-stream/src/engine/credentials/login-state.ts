/**
 * How far a login has come. `none`: nobody has tried. `rejected`: the exchange does not take the credentials, and they are
 * not shown to it again until they change.
 */
export type LoginState = 'none' | 'pending' | 'authenticated' | 'rejected';

export const LOGIN_STATES: readonly LoginState[] = ['none', 'pending', 'authenticated', 'rejected'];

/**
 * How logins have ended, counted. `refused`: the exchange does not take the credentials, be it for a login, a token or a
 * call.
 * `failed`: for now, without an answer to that, or before one.
 */
export type LoginCounts = Readonly<Record<'accepted' | 'refused' | 'failed', number>>;

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
  /** All logins since the start. */
  readonly logins: LoginCounts;
}

/** Whether what wants a login can be used. */
export interface AuthenticatedUse {
  readonly canUse: boolean;
  readonly state: LoginState;
  /** Why, or why not, in words. */
  readonly reason: string;
}
