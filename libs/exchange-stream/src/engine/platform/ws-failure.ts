import type { IncomingMessage } from 'node:http';
import { HandshakeError, type HandshakeFailureKind } from '../connection/handshake-error.ts';
import { excerpt, redactCut } from '../connection/redaction.ts';
import { retryAfterMsOf } from '../limits/stay-away.ts';

/** Beginning of a body that is read: enough to tell a proxy's page from an exchange's refusal. */
export const MAX_BODY_BYTES = 4 * 1024;

/** How long to wait for it; the status is what counts. */
const BODY_DEADLINE_MS = 1_000;

/** Part of a body that goes into a message. */
export const MESSAGE_BODY_LENGTH = 160;

/** What `ws` says, without a code, when the handshake deadline passes. */
const WS_HANDSHAKE_TIMEOUT = 'Opening handshake has timed out';

// `ETIMEOUT`, unlike `ETIMEDOUT`, is a lookup that took too long.
const DNS = /^(ENOTFOUND|EAI_|ETIMEOUT)/;
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/;
// OpenSSL names what it dislikes about a certificate without a common prefix.
const TLS =
  /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_|PATH_LENGTH_|EPROTO)/;

/** What came before the socket was open, as the engine knows it. */
export function handshakeError(error: Error, url: string, handshakeTimeoutMs: number): HandshakeError {
  // A proxy in between has told already.
  if (error instanceof HandshakeError) return error;
  const { host } = new URL(url);
  const code = 'code' in error ? String(error.code) : '';
  const kind = handshakeKind(error, code);
  const words: Readonly<Record<Exclude<HandshakeFailureKind, 'http-status'>, string>> = {
    dns: `the name of ${host} could not be resolved (${code})`,
    refused: `${host} refused the connection or cut it (${code})`,
    tls: `no trusted TLS connection to ${host} (${code})`,
    timeout: `no open socket within ${handshakeTimeoutMs} ms`,
    protocol: `${host} does not speak WebSocket: ${excerpt(error.message, MESSAGE_BODY_LENGTH)}`,
  };
  return new HandshakeError(kind, words[kind]);
}

/** What an error without an answer means. */
export function handshakeKind(error: Error, code: string): Exclude<HandshakeFailureKind, 'http-status'> {
  if (DNS.test(code)) return 'dns';
  if (UNREACHABLE.test(code)) return 'refused';
  if (TLS.test(code)) return 'tls';
  if (code === 'ETIMEDOUT' || error.message === WS_HANDSHAKE_TIMEOUT) return 'timeout';
  return 'protocol';
}

/** An HTTP answer in place of a WebSocket. Reads the beginning of its body and leaves the rest where it is. */
export async function answeredInstead(response: IncomingMessage, url: string): Promise<HandshakeError> {
  const status = response.statusCode ?? 0;
  const retryAfterMs = retryAfterMsOf(response.headers);
  // Cut once more: redaction may make a text longer.
  const body = redactCut(await beginningOf(response)).slice(0, MAX_BODY_BYTES);
  const shown = excerpt(body.replace(/<[^<>]*>/g, ' '), MESSAGE_BODY_LENGTH);
  const message = [
    `${new URL(url).host} answered HTTP ${status} in place of a WebSocket`,
    status >= 300 && status < 400 ? ' (a redirect, which is not followed)' : '',
    retryAfterMs === undefined ? '' : ` and asks to stay away for ${Math.ceil(retryAfterMs / 1000)} s`,
    shown === '' ? '' : `: ${shown}`,
  ].join('');
  return new HandshakeError('http-status', message, {
    status,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    body,
  });
}

function beginningOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let size = 0;
    // However it ends: what has come by then is all there is to show.
    const done = (): void => {
      clearTimeout(deadline);
      resolve(Buffer.concat(parts).toString('utf8', 0, MAX_BODY_BYTES));
    };
    const deadline = setTimeout(done, BODY_DEADLINE_MS);
    response.on('data', (part: Buffer) => {
      parts.push(part);
      size += part.length;
      if (size < MAX_BODY_BYTES) return;
      response.pause();
      done();
    });
    response.on('error', done);
    response.on('close', done);
    response.on('end', done);
  });
}

/** What went wrong on an open socket, in words; `ws` has sent the close code that goes with it. */
export function openSocketError(error: Error, maxFrameBytes: number): Error {
  const code = 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH':
    case 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH':
      return new Error(`a frame was larger than ${maxFrameBytes} bytes, so we closed with code 1009`);
    case 'WS_ERR_TOO_MANY_BUFFERED_PARTS':
      return new Error('a frame came in too many fragments, so we closed with code 1008');
    case 'WS_ERR_INVALID_UTF8':
      return new Error('a text frame was not UTF-8, so we closed with code 1007');
  }
  return code.startsWith('WS_ERR_')
    ? new Error(`the exchange broke the WebSocket protocol: ${error.message}`)
    : error;
}
