import type { Token } from '../../contract/index.ts';
import type { ConnectionFailure } from '../connection/connection-state.ts';
import { InquiryError } from '../connection/inquiry.ts';
import { CredentialsError } from '../errors.ts';
import { isRefusal, type TokenKeeper, type TokenSettings, type TokenUser } from './token-keeper.ts';

/** Who needs the token. Texts are free of secrets. */
export interface TokenOutcome extends TokenUser {
  /** The exchange gives out no token for these credentials. */
  refused(reason: string, failure: ConnectionFailure): void;
}

/** The token of one connection, which it may share with others: had before each dial, and kept from expiring. */
export class ConnectionToken {
  private token: Token | undefined;
  /** Ends the present wait: what comes late counts for nothing. */
  private waiting: AbortController | undefined;

  constructor(
    private readonly declaration: TokenSettings['declaration'],
    private readonly keeper: TokenKeeper,
    private readonly outcome: TokenOutcome,
  ) {}

  /** The one last had, for sessions. */
  get value(): string | undefined {
    return this.token?.value;
  }

  /**
   * Has a token. Returns the URL to dial with it.
   * @throws InquiryError which may be shown
   */
  async fetch(url: string): Promise<string> {
    this.stop();
    const { signal } = (this.waiting = new AbortController());
    try {
      const token = await this.keeper.get(signal);
      if (!signal.aborted) this.token = token;
      return this.declaration.url?.(url, token) ?? url;
    } catch (error) {
      throw new InquiryError(this.failed(error, signal.aborted));
    }
  }

  /** The connection is open. */
  opened(): void {
    if (this.declaration.opens === 'connection') this.keeper.join(this.outcome);
  }

  /** The exchange says that it holds no more. */
  lost(): void {
    this.keeper.lost(this.value, this.outcome);
  }

  /** Waits for nothing any more. */
  stop(): void {
    this.waiting?.abort();
    this.waiting = undefined;
    this.keeper.leave(this.outcome);
  }

  /** A text without the token, and without the credentials that it was had for. */
  redact(text: string): string {
    return this.keeper.redact(text);
  }

  private failed(error: unknown, isLate: boolean): string {
    const reason = this.keeper.reasonOf(error);
    const isRefused = isRefusal(error);
    const isFinal = isRefused || (error instanceof CredentialsError && !error.temporary);
    const words = isRefused ? `the exchange gives out no token (${reason})` : reason;
    if (isFinal && !isLate) this.outcome.refused(words, { kind: 'login' });
    // No colon behind the word: whoever redacts by names would take what follows for one.
    return error instanceof CredentialsError ? reason : `no token could be had (${reason})`;
  }
}
