import type { SigningRefusal } from '../../contract/index.ts';

/** An answer that is none: silence, a status other than 2xx, or a body that the operation could not read. */
export class RestError extends Error {
  readonly code = 'REST';

  constructor(
    message: string,
    readonly exchange: string,
    /** HTTP status; absent where no answer came. */
    readonly status?: number,
    /** What the exchange has against the signature of the call, which it has not carried out then. */
    readonly refusal?: SigningRefusal,
  ) {
    super(message);
    this.name = 'RestError';
  }

  /** Whether the same request may be answered another time: it was lost, came too often, or met trouble over there. */
  get temporary(): boolean {
    const { status, refusal } = this;
    if (refusal) return refusal !== 'credentials';
    return status === undefined || status === 408 || status === 429 || status >= 500;
  }
}
