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

/** Sends one HTTP request. Rejects when no whole answer came in time; any status is an answer. */
export interface HttpTransport {
  request(request: HttpRequest): Promise<HttpResponse>;
}
