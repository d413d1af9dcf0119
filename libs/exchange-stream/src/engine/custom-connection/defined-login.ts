import type { Clock } from '@exchange-stream/market-data';
import type { ConnectionFailure } from '../connection/connection-state.ts';
import { describeInquiry, Inquiry } from '../connection/inquiry.ts';
import type { LoginOutcome, LoginProcedure } from '../connection/login.ts';

/** A login that the user's own code goes through, once for every socket. */
export class DefinedLogin implements LoginProcedure {
  private readonly inquiry: Inquiry<void>;
  private attempt: AbortController | undefined;

  constructor(
    private readonly authenticate: (signal: AbortSignal) => Promise<void>,
    private readonly deadlineMs: number,
    clock: Clock,
    private readonly outcome: LoginOutcome,
  ) {
    this.inquiry = new Inquiry(clock);
  }

  begin(): void {
    this.stop();
    const attempt = (this.attempt = new AbortController());
    this.inquiry.ask(
      () => this.authenticate(attempt.signal),
      this.deadlineMs,
      () => {
        this.stop();
        this.outcome.succeeded();
      },
      (error) => {
        this.stop();
        this.failed(error);
      },
    );
  }

  stop(): void {
    this.inquiry.giveUp();
    this.attempt?.abort();
    this.attempt = undefined;
  }

  redact(text: string): string {
    return text;
  }

  private failed(error: Error): void {
    const code: unknown = Reflect.get(error, 'code');
    const failure: ConnectionFailure = { kind: 'login', ...(typeof code === 'string' && { code }) };
    const reason = describeInquiry(error);
    // An account that is denied again and again gets locked: what is not said to pass is not repeated.
    if (Reflect.get(error, 'temporary') === true)
      this.outcome.failed(`the login failed for now (${reason})`, failure);
    else this.outcome.refused(`the login failed (${reason}): it is not tried again by itself`, failure);
  }
}
