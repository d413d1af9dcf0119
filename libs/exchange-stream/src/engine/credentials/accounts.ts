import { SubscriptionRequestError } from '../errors.ts';
import { Account, type AccountEnvironment } from './account.ts';
import {
  ACCOUNT_NAME_FORM,
  DEFAULT_ACCOUNT,
  isAccountName,
  type CredentialsProvider,
  type CredentialsSource,
} from './credentials-source.ts';
import type { AccountView } from './login-state.ts';

/** Accounts that a provider is asked for, beside those of the settings. */
const MAX_ACCOUNTS = 1_000;

/** What the accounts of an exchange need from around them. */
export interface AccountsEnvironment extends Omit<AccountEnvironment, 'provider'> {
  readonly provider?: CredentialsProvider;
}

/** All our accounts at one exchange, by name. */
export class Accounts {
  private readonly byName = new Map<string, Account>();

  constructor(
    sources: Readonly<Record<string, CredentialsSource | undefined>>,
    private readonly environment: AccountsEnvironment,
  ) {
    this.add(DEFAULT_ACCOUNT, sources[DEFAULT_ACCOUNT]);
    for (const [name, source] of Object.entries(sources)) if (!this.byName.has(name)) this.add(name, source);
  }

  /**
   * The account of that name. A provider may know any; without one, there are those of the settings.
   * @throws SubscriptionRequestError
   */
  of(name: string = DEFAULT_ACCOUNT): Account {
    return this.find(name) ?? this.add(name, undefined);
  }

  /**
   * Refuses the name of an account that there is not.
   * @throws SubscriptionRequestError which says which there are
   */
  check(name: string): void {
    this.find(name);
  }

  /** Sets the credentials of an account, which may be a new one. */
  set(name: string, source: CredentialsSource | undefined): Account {
    const account = this.byName.get(name) ?? this.add(name, undefined);
    account.set(source);
    return account;
  }

  views(): AccountView[] {
    return [...this.byName.values()].map((account) => account.view());
  }

  private find(name: string): Account | undefined {
    const account = this.byName.get(name);
    if (account) return account;
    const { exchange, provider } = this.environment;
    if (!isAccountName(name)) {
      throw new SubscriptionRequestError(
        'INVALID_PARAMETER',
        `${JSON.stringify(name.slice(0, 64))} cannot be the name of an account. Allowed: ${ACCOUNT_NAME_FORM}.`,
      );
    }
    if (!provider || this.byName.size >= MAX_ACCOUNTS) {
      throw new SubscriptionRequestError(
        'INVALID_PARAMETER',
        `There is no account "${name}" at ${exchange}. Allowed: ${[...this.byName.keys()].join(', ')}.`,
      );
    }
    return undefined;
  }

  private add(name: string, source: CredentialsSource | undefined): Account {
    const { provider, ...environment } = this.environment;
    const account = new Account(name, source, {
      ...environment,
      ...(provider && { provider: () => provider.credentialsOf(environment.exchange, name) }),
    });
    this.byName.set(name, account);
    return account;
  }
}
