import type { Clock } from '@exchange-stream/market-data';
import type { Credentials, NonceUnit } from '../../contract/index.ts';
import { DEFAULT_ACCOUNT, type CredentialsSource } from './credentials-source.ts';
import type { AccountView, AuthenticatedUse, LoginCounts, LoginState } from './login-state.ts';
import type { NonceProvider } from './nonce-source.ts';

/** What an account needs from around it. */
export interface AccountEnvironment {
  readonly exchange: string;
  readonly clock: Clock;
  readonly nonces: NonceProvider;
  readonly nonceUnit: NonceUnit;
  /** Who has the credentials, where none were set. */
  readonly provider?: () => Credentials | undefined | Promise<Credentials | undefined>;
  changed(view: AccountView): void;
}

/** Where credentials are shown: the key of an endpoint, or a REST operation. */
export type CredentialsPlace = string | object;

/** Places whose last word on credentials is remembered. */
const MAX_PLACES = 200;

/** Credentials that the exchange has refused, and why. */
interface Refusal {
  readonly credentials: Credentials;
  readonly reason: string;
}

/** One of our accounts at an exchange: where its credentials come from, and whether the exchange takes them. */
export class Account {
  /** How far each of its connections has come, by id. */
  private readonly logins = new Map<string, LoginState>();
  private readonly counts: { -readonly [Ending in keyof LoginCounts]: number } = {
    accepted: 0,
    refused: 0,
    failed: 0,
  };
  private refusal: Refusal | undefined;
  /** Places that have taken the present credentials: what another one refuses may be a matter of rights there. */
  private readonly taken = new Map<CredentialsPlace, Credentials>();
  private state: LoginState = 'none';
  private since: number;

  constructor(
    readonly name: string,
    private source: CredentialsSource | undefined,
    private readonly environment: AccountEnvironment,
  ) {
    this.since = environment.clock.now();
  }

  /** Whether there is anybody to ask for credentials. */
  get hasSource(): boolean {
    return this.source !== undefined || this.environment.provider !== undefined;
  }

  /** What to do where there are no credentials, in words. */
  get missing(): string {
    return `set ${this.setting} to { key, secret }`;
  }

  /** Where its credentials stand in the options. */
  get setting(): string {
    const { exchange } = this.environment;
    return `settings.${exchange}.${this.name === DEFAULT_ACCOUNT ? 'credentials' : `accounts.${this.name}`}`;
  }

  /** The credentials, or whoever has them asked; undefined when there are none. */
  credentials(): Credentials | undefined | Promise<Credentials | undefined> {
    const { source } = this;
    if (typeof source === 'function') return source();
    return source ?? this.environment.provider?.();
  }

  /** Whether credentials have to be asked for, which may take time. */
  get asks(): boolean {
    return typeof this.source === 'function' || (this.source === undefined && this.hasSource);
  }

  /** Other credentials, or the same ones once more: what was refused before is forgotten. */
  set(source: CredentialsSource | undefined): void {
    this.source = source;
    this.refusal = undefined;
    this.taken.clear();
    this.update();
  }

  /** Numbers for messages signed with a key. */
  nextNonce(key: string): number {
    const { exchange, nonces, nonceUnit } = this.environment;
    return nonces.of(exchange, key, nonceUnit).next();
  }

  /**
   * Why no connection to an endpoint is worth a try; undefined when one is. With a source that has to be asked, only the
   * answer can tell.
   */
  obstacle(endpoint: string): string | undefined {
    return this.asks ? undefined : this.objection(endpoint, this.refusal?.credentials);
  }

  /** Why these credentials are not to be shown to the exchange at a place; undefined when they may be. */
  objection(place: CredentialsPlace, credentials: Credentials | undefined): string | undefined {
    const { refusal } = this;
    if (!refusal || !credentials || !areSame(refusal.credentials, credentials)) return undefined;
    const taken = this.taken.get(place);
    if (taken && areSame(taken, credentials)) return undefined;
    return `${refusal.reason}; it is not asked again until the credentials change`;
  }

  /** A connection has begun to log in. */
  began(connection: string): void {
    this.countUnanswered(connection);
    this.enter(connection, 'pending');
  }

  /** The exchange has let a connection in. */
  accepted(connection: string, endpoint: string, credentials: Credentials): void {
    this.counts.accepted++;
    this.remember(endpoint, credentials);
    this.enter(connection, 'authenticated');
  }

  /** The exchange has carried out what these credentials had signed. */
  acceptedCall(place: CredentialsPlace, credentials: Credentials): void {
    this.remember(place, credentials);
    this.update();
  }

  /** The exchange does not take the credentials. */
  refused(connection: string, endpoint: string, credentials: Credentials, reason: string): void {
    this.counts.refused++;
    this.refusal = { credentials, reason };
    this.taken.delete(endpoint);
    this.enter(connection, 'rejected');
  }

  /** The exchange does not take the credentials for a call. */
  refusedCall(place: CredentialsPlace, credentials: Credentials, reason: string): void {
    this.counts.refused++;
    this.refusal = { credentials, reason };
    this.taken.delete(place);
    this.update();
  }

  /** A connection has lost its socket, or is closed. */
  left(connection: string): void {
    this.countUnanswered(connection);
    if (this.logins.delete(connection)) this.update();
  }

  loginOf(connection: string): LoginState {
    return this.logins.get(connection) ?? 'none';
  }

  view(): AccountView {
    const { exchange } = this.environment;
    const { state, since, reason } = this;
    const loggedIn = [...this.logins.values()].filter((login) => login === 'authenticated').length;
    return { exchange, account: this.name, state, since, reason, loggedIn, logins: { ...this.counts } };
  }

  /** Whether what wants a login can be used, the exchange being enabled. */
  get use(): AuthenticatedUse {
    const { state, reason } = this;
    return { canUse: this.hasSource && state !== 'rejected', state, reason };
  }

  private get reason(): string {
    switch (this.state) {
      case 'none':
        return this.hasSource
          ? 'no connection has had to log in yet'
          : `there are no credentials: ${this.missing}`;
      case 'pending':
        return 'logging in';
      case 'authenticated':
        return 'logged in';
      case 'rejected':
        return this.refusal?.reason ?? 'the exchange refused the login';
    }
  }

  private remember(place: CredentialsPlace, credentials: Credentials): void {
    this.taken.delete(place);
    this.taken.set(place, credentials);
    const [oldest] = this.taken.keys();
    if (this.taken.size > MAX_PLACES && oldest !== undefined) this.taken.delete(oldest);
    if (this.refusal && !areSame(this.refusal.credentials, credentials)) this.refusal = undefined;
  }

  private countUnanswered(connection: string): void {
    if (this.logins.get(connection) === 'pending') this.counts.failed++;
  }

  private enter(connection: string, state: LoginState): void {
    this.logins.set(connection, state);
    this.update();
  }

  private update(): void {
    const logins = new Set(this.logins.values());
    const state = this.refusal
      ? 'rejected'
      : logins.has('authenticated')
        ? 'authenticated'
        : logins.has('pending')
          ? 'pending'
          : 'none';
    if (state === this.state) return;
    this.state = state;
    this.since = this.environment.clock.now();
    this.environment.changed(this.view());
  }
}

/** Whether they are of one key and would sign alike. */
export function areSame(one: Credentials, other: Credentials): boolean {
  return one.key === other.key && one.secret === other.secret && one.passphrase === other.passphrase;
}
