import type { HandshakeRefusal } from '../simulated-exchange.ts';

/** Why no socket was opened, in the words of the engine. */
export type MemoryHandshakeFailure = 'dns' | 'refused' | 'tls' | 'http-status' | 'timeout' | 'protocol';

/** Told before the close of a socket that never opened. The engine knows it by its shape: `code`, `kind`, `answer`. */
export class MemoryHandshakeError extends Error {
  readonly code = 'HANDSHAKE';

  constructor(
    readonly kind: MemoryHandshakeFailure,
    message: string,
    /** The HTTP answer, with `http-status`. */
    readonly answer?: { readonly status: number; readonly retryAfterMs?: number; readonly body: string },
  ) {
    super(message);
    this.name = 'HandshakeError';
  }
}

export function answeredInstead({ host }: URL, refusal: HandshakeRefusal): MemoryHandshakeError {
  const { status, headers = {}, body = '' } = refusal;
  const seconds = Number(headers['retry-after'] ?? 0);
  const message = `${host} answered HTTP ${status} in place of a WebSocket`;
  return new MemoryHandshakeError('http-status', message, {
    status,
    ...(seconds > 0 && { retryAfterMs: seconds * 1000 }),
    body,
  });
}

export function connectionRefused({ host }: URL): MemoryHandshakeError {
  return new MemoryHandshakeError('refused', `${host} refused the connection or cut it (ECONNREFUSED)`);
}

export function unanswered(handshakeTimeoutMs: number): MemoryHandshakeError {
  return new MemoryHandshakeError('timeout', `no open socket within ${handshakeTimeoutMs} ms`);
}

export function unresolved({ host }: URL): MemoryHandshakeError {
  return new MemoryHandshakeError('dns', `the name of ${host} could not be resolved (ENOTFOUND)`);
}
