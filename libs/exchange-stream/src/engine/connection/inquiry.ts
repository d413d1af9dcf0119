import type { Clock, Timer } from '@exchange-stream/market-data';
import { asError } from '../errors.ts';

/** Asks users' code something, one thing at a time and with a deadline: late answers count for nothing. */
export class Inquiry<T> {
  private attempt = 0;
  private timer: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  get isOpen(): boolean {
    return this.timer !== undefined;
  }

  /** Gives up what was asked before; exactly one of the two is called, later, unless this is given up too. */
  ask(
    source: () => T | Promise<T>,
    deadlineMs: number,
    answered: (answer: T) => void,
    failed: (error: Error) => void,
  ): void {
    this.giveUp();
    const { attempt } = this;
    const settle = (tell: () => void): void => {
      if (attempt !== this.attempt) return;
      this.giveUp();
      tell();
    };
    this.timer = this.clock.after(deadlineMs, () =>
      settle(() => failed(new InquiryTimeoutError(deadlineMs))),
    );
    // Asked in a promise, so that a source which throws at once fails like one that rejects.
    new Promise<T>((resolve) => resolve(source())).then(
      (answer) => settle(() => answered(answer)),
      (error: unknown) => settle(() => failed(asError(error))),
    );
  }

  giveUp(): void {
    this.attempt++;
    this.timer?.cancel();
    this.timer = undefined;
  }
}

/** An error whose words are ours, and free of secrets: they may be shown. */
export class InquiryError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InquiryError';
  }
}

class InquiryTimeoutError extends InquiryError {
  readonly temporary = true;

  constructor(deadlineMs: number) {
    super(`no answer within ${deadlineMs} ms`);
    this.name = 'InquiryTimeoutError';
  }
}

/** Only the kind of a foreign error: its words are the user's own, and may quote what must not be shown. */
export function describeInquiry(error: Error): string {
  return error instanceof InquiryError ? error.message : error.name;
}
