import type { Credentials } from '../../contract/index.ts';

/** The account of subscriptions that name none. */
export const DEFAULT_ACCOUNT = 'default';

/** The parameter by which a subscription names its account, where the exchange wants a login. */
export const ACCOUNT_PARAM = 'account';

/** What an account may be called: it stands in ids of connections, in keys and in labels. */
const ACCOUNT_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;

/** In words, what names of accounts look like. */
export const ACCOUNT_NAME_FORM =
  'at most 64 letters, digits, "_", "-" and ".", beginning with a letter or digit';

/** Credentials, or who has them; asked anew for every socket that logs in, so that they may change. Shown nowhere. */
export type CredentialsSource = Credentials | (() => Credentials | Promise<Credentials>);

/**
 * Who has the credentials of every account, for those that no setting gives; asked anew for every socket that logs in. A
 * class, so that it can serve as a token of dependency injection.
 */
export abstract class CredentialsProvider {
  /** Undefined: there are none. What it throws is shown by its name only. */
  abstract credentialsOf(
    exchange: string,
    account: string,
  ): Credentials | undefined | Promise<Credentials | undefined>;
}

export function isAccountName(name: string): boolean {
  return ACCOUNT_NAME.test(name);
}
