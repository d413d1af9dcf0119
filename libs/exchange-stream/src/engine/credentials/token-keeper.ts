import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Credentials, Token, TokenDeclaration, TokenOperation } from '../../contract/index.ts';
import { redactText } from '../connection/redaction.ts';
import { secretsAmong, withoutSecrets } from '../connection/secrets.ts';
import { CredentialsError, kindOf } from '../errors.ts';
import { BudgetError } from '../limits/admission.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { RestError } from '../rest/rest-error.ts';
import { areSame, type Account } from './account.ts';
import { shownCredentials } from './shown-credentials.ts';

/** Shares of a token's life after which it is prolonged, or connections with a fresh one take over. */
const PROLONG_AFTER = 0.5;
const REPLACE_AFTER = 0.8;
/** The shortest wait before a prolongation is tried again. */
const SHORTEST_RETRY_MS = 1_000;
/** Tokens that are kept out of texts: those who have an old one may still be quoted. */
const REMEMBERED_TOKENS = 4;

/** What is needed to have a token. */
export interface TokenSettings {
  readonly declaration: TokenDeclaration;
  readonly exchange: string;
  /** Key of the endpoint that it opens. */
  readonly endpoint: string;
  /** Whose it is; undefined where anybody gets one and nothing logs in. */
  readonly account: Account | undefined;
  /** How long it may take to get one, the credentials included. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly rest: Pick<RestClient, 'call' | 'callAs'>;
}

/** An open connection that depends on the token. */
export interface TokenUser {
  /** The token is of no use soon, or none any more: a connection with a fresh one should take over. Free of secrets. */
  expires(reason: string): void;
}

/** A token that we have, and for whom. */
interface Kept {
  readonly token: Token;
  /** Only they prolong it. */
  readonly owner: Credentials | undefined;
  readonly since: number;
  readonly lifetimeMs: number;
}

/** A token on its way, for everybody who waits for it. */
interface Fetch {
  readonly kept: Promise<Kept>;
  readonly abort: AbortController;
  waiting: number;
}

/**
 * Has a token: gets it, makes it hold longer while a connection depends on it, and says when it does not. One for each
 * connection, or for all of an account where the exchange gives each account only one (`per`). What it knows it keeps out of
 * every text.
 */
export class TokenKeeper {
  private kept: Kept | undefined;
  private fetch: Fetch | undefined;
  private readonly users = new Set<TokenUser>();
  private values: readonly string[] = [];
  private secrets: readonly string[] = [];
  private timer: Timer | undefined;
  /** Ends the present prolongation. */
  private prolonging: AbortController | undefined;

  constructor(private readonly settings: TokenSettings) {}

  /**
   * A token to dial with: the present one where connections share it and it still holds, else a fresh one, for which all
   * who wait ask together.
   * @param signal the caller waits no more
   * @throws CredentialsError, or what the call of the operation has thrown; `reasonOf` tells it
   */
  async get(signal: AbortSignal): Promise<Token> {
    const fetch = (this.fetch ??= this.begin());
    fetch.waiting++;
    try {
      return (await untilAborted(fetch.kept, signal)).token;
    } finally {
      if (--fetch.waiting === 0) {
        fetch.abort.abort(new Error('nobody waits for the token any more'));
        if (this.fetch === fetch) this.fetch = undefined;
      }
    }
  }

  /** A connection that depends on the token is open. */
  join(user: TokenUser): void {
    this.users.add(user);
    this.watch();
  }

  leave(user: TokenUser): void {
    if (!this.users.delete(user) || this.users.size > 0) return;
    this.rest();
  }

  /** The exchange says that a token holds no more: who else has it is replaced, too, unless it has served its turn. */
  lost(value: string | undefined, by: TokenUser): void {
    if (value === undefined || this.kept?.token.value !== value) return;
    this.users.delete(by);
    this.expire('its token holds no more');
  }

  /** A text without tokens, and without the credentials that they were had for. */
  redact(text: string): string {
    return withoutSecrets(text, this.secrets);
  }

  /** Why there is no token. Its words are the exchange's where it answered, and only then worth showing. */
  reasonOf(error: unknown): string {
    if (error instanceof RestError || error instanceof BudgetError)
      return this.redact(redactText(error.message));
    return error instanceof CredentialsError ? error.message : kindOf(error);
  }

  private begin(): Fetch {
    const abort = new AbortController();
    const kept = this.obtain(abort.signal);
    // Everybody may have left.
    kept.catch(() => undefined);
    return { kept, abort, waiting: 0 };
  }

  private async obtain(signal: AbortSignal): Promise<Kept> {
    const { declaration, clock, deadlineMs } = this.settings;
    const lastAtMs = clock.monotonic() + deadlineMs;
    const credentials = await this.credentials(signal);
    const { kept } = this;
    if (kept && declaration.per === 'account' && this.holds(kept, credentials)) return kept;
    const leftMs = Math.max(1, lastAtMs - clock.monotonic());
    const token = await this.ask(declaration.issue, credentials, leftMs, signal).catch((error: unknown) => {
      if (credentials && isRefusal(error)) this.refused(credentials, this.reasonOf(error));
      throw error;
    });
    return this.take(token, credentials);
  }

  private refused(credentials: Credentials, reason: string): void {
    const { account, endpoint } = this.settings;
    account?.refusedCall(endpoint, credentials, `the exchange gives out no token (${reason})`);
  }

  /** Those to show, where the token is for somebody. */
  private credentials(signal: AbortSignal): Promise<Credentials | undefined> {
    const { account, declaration, exchange, endpoint, deadlineMs, clock } = this.settings;
    if (!account || declaration.issue.isSigned !== true) return Promise.resolve(undefined);
    return shownCredentials({ exchange, account, place: endpoint, deadlineMs, clock, signal });
  }

  private holds({ owner, since, lifetimeMs }: Kept, credentials: Credentials | undefined): boolean {
    const isTheirs = owner && credentials ? areSame(owner, credentials) : owner === credentials;
    return isTheirs && this.settings.clock.monotonic() < since + lifetimeMs * REPLACE_AFTER;
  }

  private async ask(
    operation: TokenOperation,
    credentials: Credentials | undefined,
    deadlineMs: number,
    signal: AbortSignal,
    token?: Token,
  ): Promise<Token> {
    const { account, rest } = this.settings;
    this.keepSecret(credentials);
    const query = token ? { token } : {};
    if (operation.isSigned !== true) return rest.call(operation, query, { deadlineMs, signal });
    if (!account || !credentials)
      throw new CredentialsError('what anybody gets cannot be prolonged in the name of an account', false);
    const patience = { deadlineMs, signal, credentials, isJudgedByCaller: true };
    return rest.callAs(account, operation, query, patience);
  }

  private take(token: Token, owner: Credentials | undefined): Kept {
    const { value, lifetimeMs = Infinity } = token;
    this.kept = { token, owner, lifetimeMs, since: this.settings.clock.monotonic() };
    this.values = [value, ...this.values.filter((other) => other !== value)].slice(0, REMEMBERED_TOKENS);
    this.keepSecret(owner);
    this.watch();
    return this.kept;
  }

  private keepSecret(credentials: Credentials | undefined): void {
    this.secrets = secretsAmong([...Object.values({ ...credentials }), ...this.values]);
  }

  private watch(): void {
    const { kept } = this;
    const { clock, declaration } = this.settings;
    this.rest();
    if (!kept || this.users.size === 0 || !Number.isFinite(kept.lifetimeMs)) return;
    const { prolong } = declaration;
    const dueAtMs = kept.since + kept.lifetimeMs * (prolong ? PROLONG_AFTER : REPLACE_AFTER);
    this.timer = clock.after(Math.max(0, dueAtMs - clock.monotonic()), () => {
      if (prolong) void this.prolong(prolong, kept);
      else this.expire('its token expires');
    });
  }

  /** Waits for nothing any more. */
  private rest(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.prolonging?.abort(new Error('the token is not needed any more'));
    this.prolonging = undefined;
  }

  private async prolong(operation: TokenOperation, kept: Kept): Promise<void> {
    const { clock, deadlineMs } = this.settings;
    // What takes over needs its time, too.
    const leftMs = (): number => kept.since + kept.lifetimeMs * REPLACE_AFTER - clock.monotonic();
    const { signal } = (this.prolonging = new AbortController());
    try {
      const patienceMs = Math.max(SHORTEST_RETRY_MS, Math.min(deadlineMs, leftMs()));
      const token = await this.ask(operation, kept.owner, patienceMs, signal, kept.token);
      if (signal.aborted) return;
      this.prolonging = undefined;
      this.take(token, kept.owner);
    } catch (error) {
      if (signal.aborted) return;
      this.prolonging = undefined;
      const isLost = error instanceof RestError && !error.temporary;
      if (isLost || leftMs() <= 0)
        return this.expire(`its token could not be prolonged: ${this.reasonOf(error)}`);
      const delayMs = Math.max(SHORTEST_RETRY_MS, leftMs() / 2);
      this.timer = clock.after(delayMs, () => void this.prolong(operation, kept));
    }
  }

  /** It is given to nobody any more, and whoever depends on it is told. */
  private expire(reason: string): void {
    this.rest();
    this.kept = undefined;
    for (const user of [...this.users]) {
      this.users.delete(user);
      user.expires(reason);
    }
  }
}

/** Whether the exchange does not take the credentials. */
export function isRefusal(error: unknown): boolean {
  return error instanceof RestError && error.refusal === 'credentials';
}

function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(new Error('aborted'));
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    promise.finally(() => signal.removeEventListener('abort', aborted)).then(resolve, reject);
  });
}
