import type { Clock, Timer } from '@exchange-stream/market-data';
import type { ControlFrame, Credentials, Refusal, Session } from '../../contract/index.ts';
import type { Account } from '../credentials/account.ts';
import type { LoginState } from '../credentials/login-state.ts';
import type { RequestMatcher } from '../requests/request-matcher.ts';
import type { Request, RequestEnd } from '../requests/request.ts';
import type { ConnectionFailure } from './connection-state.ts';
import { secretsAmong, withoutSecrets } from './secrets.ts';
import { kindOf } from '../errors.ts';

/** What a login is made with. */
export interface LoginSettings {
  readonly exchange: string;
  /** Whose login it is. */
  readonly account: Account;
  /** Id of the connection. */
  readonly connection: string;
  /** Key of its endpoint. */
  readonly endpoint: string;
  /** How long the source of the credentials may take. */
  readonly credentialsDeadlineMs: number;
  /** The exchange's time, milliseconds since the epoch, for signatures. */
  now(): number;
  /** The exchange says that this is not its time. */
  timeIsWrong(): void;
  /** How long the exchange may take to answer. */
  readonly replyDeadlineMs: number;
}

/** Who waits for a login. Texts are free of the credentials. */
export interface LoginOutcome {
  /** Sends the frame within the limits, ahead of everything else; `leaves` is called when it is about to leave. */
  send(control: Pick<ControlFrame, 'frame' | 'weight' | 'limit'>, leaves: () => void): void;
  succeeded(): void;
  /** Not this time; the next socket may do better. */
  failed(reason: string, failure: ConnectionFailure): void;
  /** The same credentials will not do next time either. */
  refused(reason: string, failure: ConnectionFailure): void;
}

/** How a fresh socket proves who we are, before anything else is said on it. */
export interface LoginProcedure {
  /** Begins on a fresh socket. */
  begin(session: Session): void;
  /** Ends all waiting. */
  stop(): void;
  /** A text without what the login holds of secrets. */
  redact(text: string): string;
  /** Whose login it is, and how far it has come. */
  view?(): LoginView;
}

/** The login of a connection as it stands. */
export interface LoginView {
  readonly account: string;
  readonly login: LoginState;
}

/**
 * Proves to the exchange who we are, once for every socket: gets the credentials, sends the session's message, and waits
 * for its one reply. What it knows of the credentials it keeps out of every text.
 */
export class Login implements LoginProcedure {
  private request: Request | undefined;
  private timer: Timer | undefined;
  /** Distinguishes the present attempt from its forerunners, whose late credentials count for nothing. */
  private attempt = 0;
  private secrets: readonly string[] = [];
  /** Those last used. */
  private credentials: Credentials | undefined;

  constructor(
    private readonly settings: LoginSettings,
    private readonly clock: Clock,
    private readonly requests: RequestMatcher,
    private readonly outcome: LoginOutcome,
  ) {}

  begin(session: Session): void {
    this.quit();
    const { account, connection, credentialsDeadlineMs } = this.settings;
    account.began(connection);
    if (!account.asks) {
      const credentials = account.credentials();
      if (!(credentials instanceof Promise)) return this.proceed(session, credentials);
    }
    const attempt = this.attempt;
    this.timer = this.clock.after(credentialsDeadlineMs, () =>
      this.fail(`the credentials did not come within ${credentialsDeadlineMs} ms`),
    );
    // Started in a promise, so that a source which throws at once fails like one that rejects.
    new Promise<Credentials | undefined>((resolve) => resolve(account.credentials())).then(
      (given) => {
        if (attempt === this.attempt) this.proceed(session, given);
      },
      (error: unknown) => {
        // Only the kind of the error: its words are the user's own, and may quote what must not be shown.
        if (attempt === this.attempt) this.fail(`the credentials could not be had (${kindOf(error)})`);
      },
    );
  }

  stop(): void {
    this.quit();
    this.settings.account.left(this.settings.connection);
  }

  /** A text without the credentials last used. */
  redact(text: string): string {
    return withoutSecrets(text, this.secrets);
  }

  view(): LoginView {
    const { account, connection } = this.settings;
    return { account: account.name, login: account.loginOf(connection) };
  }

  /** Waits for nothing any more. */
  private quit(): void {
    this.attempt++;
    this.request?.cancel();
    this.request = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  private proceed(session: Session, credentials: Credentials | undefined): void {
    this.quit();
    const { exchange, account, endpoint } = this.settings;
    if (!credentials) {
      return this.outcome.refused(
        `${exchange} wants a login here and there are no credentials: ${account.missing}`,
        { kind: 'login' },
      );
    }
    this.credentials = credentials;
    this.secrets = secretsAmong(Object.values({ ...credentials }));
    const objection = account.objection(endpoint, credentials);
    if (objection !== undefined) return this.outcome.refused(objection, { kind: 'login' });
    let frame;
    try {
      frame = session.login?.(credentials, this.settings.now(), {
        nextNonce: () => account.nextNonce(credentials.key),
      });
    } catch (error) {
      return this.refusedFor(
        `no login can be made of the credentials (${kindOf(error)}): check ${account.setting}`,
        { kind: 'login' },
      );
    }
    if (!frame) return this.succeeded();
    const [reply] = frame.replies;
    const { attempt } = this;
    const askedAt = this.clock.monotonic();
    this.outcome.send(frame, () => {
      if (attempt === this.attempt) this.await(reply?.key, askedAt);
    });
  }

  private await(key: string | undefined, askedAt: number): void {
    if (key === undefined) return this.succeeded();
    const { replyDeadlineMs } = this.settings;
    this.request = this.requests.open(
      { purpose: 'login', matches: [{ match: { key } }], deadlineMs: replyDeadlineMs, askedAt },
      (end) => this.ended(end),
    );
    this.request.left();
  }

  private ended(end: RequestEnd): void {
    this.request = undefined;
    switch (end.ending) {
      case 'answered':
        this.quit();
        return this.succeeded();
      case 'refused':
        this.quit();
        return this.refused(end.refusal);
      case 'timeout':
        return this.fail(`no answer to the login within ${end.deadlineMs} ms`);
      case 'cancelled':
      case 'failed':
      case 'lost':
      // The next socket begins anew.
    }
  }

  private succeeded(): void {
    const { account, connection, endpoint } = this.settings;
    if (this.credentials) account.accepted(connection, endpoint, this.credentials);
    this.outcome.succeeded();
  }

  private refused({ message, code, temporary, signing }: Refusal): void {
    if (signing === 'time') this.settings.timeIsWrong();
    const reason = this.redact(`the exchange refused the login: ${message}`);
    const failure: ConnectionFailure = { kind: 'login', code: this.redact(code) };
    if (temporary) this.outcome.failed(reason, failure);
    else this.refusedFor(reason, failure);
  }

  /** For good: until the credentials change, no connection of the account shows them to the exchange again. */
  private refusedFor(reason: string, failure: ConnectionFailure): void {
    const { account, connection, endpoint } = this.settings;
    if (this.credentials) account.refused(connection, endpoint, this.credentials, reason);
    this.outcome.refused(reason, failure);
  }

  private fail(reason: string): void {
    this.quit();
    this.outcome.failed(reason, { kind: 'login' });
  }
}
