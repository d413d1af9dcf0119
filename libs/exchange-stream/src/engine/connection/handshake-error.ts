import { stopMsOf } from '../limits/stay-away.ts';

const KINDS = ['dns', 'refused', 'tls', 'http-status', 'timeout', 'protocol'] as const;

/**
 * Why no socket was opened.
 * `dns`: the name has no address. `refused`: nobody listens there, or the connection was cut. `tls`: no trusted TLS.
 * `http-status`: an HTTP answer in place of a WebSocket. `timeout`: nothing in time. `protocol`: an answer that is no
 * handshake.
 */
export type HandshakeFailureKind = (typeof KINDS)[number];

/** How the last handshake failed, for programs. */
export interface HandshakeFailure {
  readonly kind: HandshakeFailureKind;
  /** HTTP status, with `http-status`. */
  readonly status?: number;
  /** Host and port of the proxy, where it was the proxy that failed and not the exchange. */
  readonly proxy?: string;
}

/** An HTTP answer in place of a WebSocket. */
export interface HandshakeAnswer {
  readonly status: number;
  /** How long the exchange asks to stay away. */
  readonly retryAfterMs?: number;
  /** Beginning of the body, redacted. */
  readonly body: string;
}

/** A socket that did not open. Thrown by nobody: a socket factory hands it to `onError`, before `onClose`. */
export class HandshakeError extends Error {
  readonly code = 'HANDSHAKE';

  constructor(
    readonly kind: HandshakeFailureKind,
    /** In words that fit behind the name of a connection. */
    message: string,
    readonly answer?: HandshakeAnswer,
    /** Host and port of the proxy, where it was the proxy that failed. */
    readonly proxy?: string,
  ) {
    super(message);
    this.name = 'HandshakeError';
  }

  get failure(): HandshakeFailure {
    return {
      kind: this.kind,
      ...(this.answer && { status: this.answer.status }),
      ...(this.proxy !== undefined && { proxy: this.proxy }),
    };
  }

  /** For how long nobody may dial this exchange; undefined when it did not ask for that. */
  get stopMs(): number | undefined {
    // What a proxy answers is no word of the exchange.
    if (!this.answer || this.proxy !== undefined) return undefined;
    return stopMsOf(this.answer.status, this.answer.retryAfterMs);
  }
}

interface ForeignError extends Error {
  readonly code?: unknown;
  readonly kind?: unknown;
  readonly answer?: HandshakeAnswer;
}

/** The error of a socket that did not open, whoever made the socket: factories of others are known by the shape of theirs. */
export function asHandshakeError(error: Error): HandshakeError | undefined {
  if (error instanceof HandshakeError) return error;
  const told: ForeignError = error;
  const kind = KINDS.find((known) => known === told.kind);
  return told.code === 'HANDSHAKE' && kind ? new HandshakeError(kind, error.message, told.answer) : undefined;
}
