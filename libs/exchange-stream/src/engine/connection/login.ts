import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Credentials, Refusal, Session } from '../../contract/index.ts';
import type { CredentialsSource } from '../options.ts';
import type { RequestMatcher } from '../requests/request-matcher.ts';
import type { Request, RequestEnd } from '../requests/request.ts';
import type { ConnectionFailure } from './connection-state.ts';
import { secretsAmong, withoutSecrets } from './secrets.ts';

/** What a login is made with. */
export interface LoginSettings {
  readonly exchange: string;
  /** Undefined: there are none, and the login fails. */
  readonly credentials: CredentialsSource | undefined;
  /** How long the source of the credentials may take. */
  readonly credentialsDeadlineMs: number;
  /** How long the exchange may take to answer. */
  readonly replyDeadlineMs: number;
}

/** Who waits for a login. Texts are free of the credentials. */
export interface LoginOutcome {
  /** Sends the frame within the limits, ahead of everything else; `leaves` is called when it is about to leave. */
  send(frame: string, weight: number, leaves: () => void): void;
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

  constructor(
    private readonly settings: LoginSettings,
    private readonly clock: Clock,
    private readonly requests: RequestMatcher,
    private readonly outcome: LoginOutcome,
  ) {}

  begin(session: Session): void {
    this.stop();
    const { credentials, credentialsDeadlineMs } = this.settings;
    if (credentials === undefined) return this.outcome.refused(this.missing, { kind: 'login' });
    if (typeof credentials !== 'function') return this.proceed(session, credentials);
    const attempt = this.attempt;
    this.timer = this.clock.after(credentialsDeadlineMs, () =>
      this.fail(`the credentials did not come within ${credentialsDeadlineMs} ms`),
    );
    // Started in a promise, so that a source which throws at once fails like one that rejects.
    new Promise<Credentials>((resolve) => resolve(credentials())).then(
      (given) => {
        if (attempt === this.attempt) this.proceed(session, given);
      },
      (error: unknown) => {
        // Only the kind of the error: its words are the user's own, and may quote what must not be shown.
        if (attempt === this.attempt) this.fail(`the credentials could not be had (${nameOf(error)})`);
      },
    );
  }

  stop(): void {
    this.attempt++;
    this.request?.cancel();
    this.request = undefined;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** A text without the credentials last used. */
  redact(text: string): string {
    return withoutSecrets(text, this.secrets);
  }

  private get missing(): string {
    const { exchange } = this.settings;
    return `${exchange} wants a login here and there are no credentials: set settings.${exchange}.credentials to { key, secret }`;
  }

  private proceed(session: Session, credentials: Credentials): void {
    this.stop();
    this.secrets = secretsAmong(Object.values({ ...credentials }));
    let frame;
    try {
      frame = session.login?.(credentials, this.clock.now());
    } catch (error) {
      const { exchange } = this.settings;
      return this.outcome.refused(
        `no login can be made of the credentials (${nameOf(error)}): check settings.${exchange}.credentials`,
        { kind: 'login' },
      );
    }
    if (!frame) return this.outcome.succeeded();
    const [reply] = frame.replies;
    const { attempt } = this;
    const askedAt = this.clock.monotonic();
    this.outcome.send(frame.frame, frame.weight ?? 1, () => {
      if (attempt === this.attempt) this.await(reply?.key, askedAt);
    });
  }

  private await(key: string | undefined, askedAt: number): void {
    if (key === undefined) return this.outcome.succeeded();
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
        this.stop();
        return this.outcome.succeeded();
      case 'refused':
        this.stop();
        return this.refused(end.refusal);
      case 'timeout':
        return this.fail(`no answer to the login within ${end.deadlineMs} ms`);
      case 'cancelled':
      case 'failed':
      case 'lost':
      // The next socket begins anew.
    }
  }

  private refused({ message, code, temporary }: Refusal): void {
    const reason = this.redact(`the exchange refused the login: ${message}`);
    const failure: ConnectionFailure = { kind: 'login', code: this.redact(code) };
    if (temporary) this.outcome.failed(reason, failure);
    else this.outcome.refused(reason, failure);
  }

  private fail(reason: string): void {
    this.stop();
    this.outcome.failed(reason, { kind: 'login' });
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
