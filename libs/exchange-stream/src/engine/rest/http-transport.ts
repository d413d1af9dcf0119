export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** From dialling to the last byte. */
  readonly timeoutMs: number;
  /** A larger body is an error. */
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal;
  /** URL of the proxy to send it through. May hold a password. */
  readonly proxy?: string;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer whose body is larger than its request takes. */
export class OversizeBodyError extends Error {
  readonly code = 'OVERSIZE_BODY';

  constructor(
    maxBodyBytes: number,
    /** Of the answer. */
    readonly status: number,
    /** Names in lower case. */
    readonly headers: Readonly<Record<string, string>>,
  ) {
    super(`the answer is larger than ${maxBodyBytes} bytes`);
    this.name = 'OversizeBodyError';
  }
}

/** What the error of another's transport tells. */
interface ForeignError extends Error {
  readonly code?: unknown;
  readonly status?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The error of an answer that is too large, whoever made the transport: those of others are known by their shape. */
export function asOversizeBodyError(error: unknown, maxBodyBytes: number): OversizeBodyError | undefined {
  if (error instanceof OversizeBodyError) return error;
  if (!(error instanceof Error)) return undefined;
  const { code, status, headers = {} }: ForeignError = error;
  if (code !== 'OVERSIZE_BODY' || typeof status !== 'number') return undefined;
  return new OversizeBodyError(maxBodyBytes, status, headers);
}

/**
 * Sends one HTTP request. Rejects when no whole answer came in time, with an `OversizeBodyError` when it is too large; any
 * status is an answer.
 */
export interface HttpTransport {
  request(request: HttpRequest): Promise<HttpResponse>;
}
