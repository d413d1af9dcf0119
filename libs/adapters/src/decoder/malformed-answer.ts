/** Thrown when the body of a successful answer is not what the exchange documents, or an error of its own. */
export class MalformedAnswerError extends Error {
  readonly code = 'MALFORMED_ANSWER';

  /** @param operation the path of the call, with its symbol where that is told */
  constructor(
    readonly exchange: string,
    readonly operation: string,
    reason: string,
    cause: unknown,
  ) {
    super(
      `${exchange}: the answer to GET ${operation} cannot be used: ${reason}. ` +
        `Check that the REST base URL is the one that the exchange has for you, and not a proxy's error page.`,
      { cause },
    );
    this.name = 'MalformedAnswerError';
  }
}
