/** An answer whose body is larger than its request takes. The engine knows it by its shape: `code`, `status`, `headers`. */
export class MemoryOversizeError extends Error {
  readonly code = 'OVERSIZE_BODY';

  constructor(
    url: string,
    maxBodyBytes: number,
    /** Of the answer. */
    readonly status: number,
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super(`The answer of ${url} is larger than ${maxBodyBytes} bytes.`);
    this.name = 'OversizeBodyError';
  }
}
