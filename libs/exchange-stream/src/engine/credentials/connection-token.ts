import type { Clock, Timer } from '@exchange-stream/market-data';
import type {
  Credentials,
  Token,
  TokenDeclaration,
  TokenOperation,
  TokenQuery,
} from '../../contract/index.ts';
import type { ConnectionFailure } from '../connection/connection-state.ts';
import { InquiryError } from '../connection/inquiry.ts';
import { redactText } from '../connection/redaction.ts';
import { secretsAmong, withoutSecrets } from '../connection/secrets.ts';
import { CredentialsError, kindOf } from '../errors.ts';
import type { RestClient } from '../rest/rest-client.ts';
import { RestError } from '../rest/rest-error.ts';
import type { Account } from './account.ts';
import { shownCredentials } from './shown-credentials.ts';

/** Shares of a token's life after which it is prolonged, or a connection with a fresh one takes over. */
const PROLONG_AFTER = 0.5;
const REPLACE_AFTER = 0.8;
/** The shortest wait before a prolongation is tried again. */
const SHORTEST_RETRY_MS = 1_000;

/** What the token of a connection needs from around it. */
export interface TokenSettings {
  readonly declaration: TokenDeclaration;
  readonly exchange: string;
  /** Id of the connection. */
  readonly connection: string;
  /** Key of its endpoint. */
  readonly endpoint: string;
  /** Whose token it is; undefined where anybody gets one and nothing logs in. */
  readonly account: Account | undefined;
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly rest: Pick<RestClient, 'call' | 'callAs'>;
}

/** Who needs the token. Texts are free of secrets. */
export interface TokenOutcome {
  /** The connection is of no use soon: a fresh one, with a fresh token, should take over. */
  expires(reason: string): void;
  /** The exchange gives out no token for these credentials. */
  refused(reason: string, failure: ConnectionFailure): void;
}

/** The token of one connection: fetched before each dial, renewed before it expires. What it knows it keeps out of every text. */
export class ConnectionToken {
  private token: Token | undefined;
  /** Whose it is: only they prolong it. */
  private owner: Credentials | undefined;
  private expiresAt = Infinity;
  /** When a connection with a fresh one should take over at the latest. */
  private replaceAt = Infinity;
  private secrets: readonly string[] = [];
  private timer: Timer | undefined;
  /** Distinguishes the present socket from its forerunners, whose late answers count for nothing. */
  private generation = 0;

  constructor(
    private readonly settings: TokenSettings,
    private readonly outcome: TokenOutcome,
  ) {}

  /** The one last fetched, for sessions. */
  get value(): string | undefined {
    return this.token?.value;
  }

  /**
   * Fetches a fresh token. Returns the URL to dial with it.
   * @throws InquiryError which may be shown
   */
  async fetch(url: string): Promise<string> {
    this.stop();
    const { generation } = this;
    const { declaration } = this.settings;
    const credentials = await this.credentials();
    try {
      const token = await this.ask(declaration.issue, credentials);
      if (generation === this.generation) {
        this.owner = credentials;
        this.take(token);
      }
      return declaration.url?.(url, token) ?? url;
    } catch (error) {
      const reason = this.reasonOf(error);
      if (generation === this.generation && credentials) {
        if (isRefusal(error)) this.refuse(credentials, reason);
        else if (error instanceof CredentialsError && !error.temporary)
          this.outcome.refused(reason, { kind: 'login' });
      }
      throw new InquiryError(`no token: ${reason}`);
    }
  }

  /** The connection is open. */
  opened(): void {
    if (this.settings.declaration.opens === 'connection') this.watch();
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.generation++;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** A text without the token, and without the credentials that it was had for. */
  redact(text: string): string {
    return withoutSecrets(text, this.secrets);
  }

  private async credentials(): Promise<Credentials | undefined> {
    const { account, declaration, exchange, endpoint, deadlineMs, clock } = this.settings;
    if (!account || declaration.issue.isSigned !== true) return undefined;
    try {
      return await shownCredentials({ exchange, account, place: endpoint, deadlineMs, clock });
    } catch (error) {
      if (!(error instanceof CredentialsError)) throw error;
      if (!error.temporary) this.outcome.refused(error.message, { kind: 'login' });
      throw new InquiryError(error.message);
    }
  }

  private async ask(
    operation: TokenOperation,
    credentials: Credentials | undefined,
    { deadlineMs }: Pick<TokenSettings, 'deadlineMs'> = this.settings,
  ): Promise<Token> {
    const { account, rest } = this.settings;
    this.keepSecret(credentials, this.token);
    const query: TokenQuery = this.token ? { token: this.token } : {};
    if (operation.isSigned !== true) return rest.call(operation, query, { deadlineMs });
    if (!account || !credentials)
      throw new InquiryError('a token that anybody gets cannot be prolonged in the name of an account');
    return rest.callAs(account, operation, query, { deadlineMs, credentials, isJudgedByCaller: true });
  }

  private take(token: Token): void {
    this.token = token;
    const { lifetimeMs = Infinity } = token;
    this.expiresAt = this.settings.clock.monotonic() + lifetimeMs;
    this.replaceAt = this.settings.clock.monotonic() + lifetimeMs * REPLACE_AFTER;
    this.secrets = [...secretsAmong([token.value]), ...this.secrets];
  }

  private keepSecret(credentials: Credentials | undefined, token: Token | undefined): void {
    this.secrets = secretsAmong([...Object.values({ ...credentials }), token?.value]);
  }

  private refuse(credentials: Credentials, reason: string): void {
    const { account, connection, endpoint } = this.settings;
    const refusal = `the exchange refused a token: ${reason}`;
    account?.refused(connection, endpoint, credentials, refusal);
    this.outcome.refused(refusal, { kind: 'login' });
  }

  private watch(): void {
    const { clock, declaration } = this.settings;
    const leftMs = this.expiresAt - clock.monotonic();
    if (!Number.isFinite(leftMs)) return;
    const { prolong } = declaration;
    const share = prolong ? PROLONG_AFTER : REPLACE_AFTER;
    this.timer = clock.after(Math.max(0, leftMs * share), () => {
      if (prolong) void this.prolong(prolong);
      else this.outcome.expires('its token expires');
    });
  }

  private async prolong(operation: TokenOperation): Promise<void> {
    const { generation } = this;
    const { clock, deadlineMs } = this.settings;
    const leftMs = (): number => this.replaceAt - clock.monotonic();
    try {
      const patienceMs = Math.max(SHORTEST_RETRY_MS, Math.min(deadlineMs, leftMs()));
      const token = await this.ask(operation, this.owner, { deadlineMs: patienceMs });
      if (generation !== this.generation) return;
      this.take(token);
      this.watch();
    } catch (error) {
      if (generation !== this.generation) return;
      const isLost = error instanceof RestError && !error.temporary;
      // What takes over needs its time, too.
      if (isLost || leftMs() <= 0)
        return this.outcome.expires(`its token could not be prolonged: ${this.reasonOf(error)}`);
      this.timer = clock.after(Math.max(SHORTEST_RETRY_MS, leftMs() / 2), () => void this.prolong(operation));
    }
  }

  /** Its words are the exchange's where it answered, and only then worth showing. */
  private reasonOf(error: unknown): string {
    if (error instanceof RestError) return this.redact(redactText(error.message));
    if (error instanceof InquiryError || error instanceof CredentialsError) return error.message;
    return kindOf(error);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof RestError && error.refusal === 'credentials';
}
