import type { IncomingMessage } from 'node:http';
import { HandshakeError, type HandshakeFailureKind } from '../connection/handshake-error.ts';
import { excerpt, redactCut } from '../connection/redaction.ts';
import { handshakeKind, MAX_BODY_BYTES, MESSAGE_BODY_LENGTH } from './ws-failure.ts';

/** Why the proxy could not be reached, in words that name it and not the exchange. */
export function proxyError(error: Error, proxy: string, target: string, timeoutMs: number): HandshakeError {
  if (error instanceof HandshakeError) return error;
  const code = 'code' in error ? String(error.code) : error.name;
  const kind = handshakeKind(error, code);
  const words: Readonly<Record<Exclude<HandshakeFailureKind, 'http-status'>, string>> = {
    dns: `the name of the proxy ${proxy} could not be resolved (${code})`,
    refused: `the proxy ${proxy} refused the connection or cut it (${code})`,
    tls: `no trusted TLS connection to the proxy ${proxy} (${code})`,
    timeout: `no way through the proxy ${proxy} to ${target} within ${timeoutMs} ms`,
    protocol: `the proxy ${proxy} does not answer like one: ${excerpt(error.message, MESSAGE_BODY_LENGTH)}`,
  };
  return new HandshakeError(kind, words[kind], undefined, proxy);
}

/** An HTTP proxy that does not let us through. */
export function proxyRefusal(
  response: IncomingMessage,
  beginning: Buffer,
  proxy: string,
  target: string,
): HandshakeError {
  const status = response.statusCode ?? 0;
  const body = redactCut(beginning.toString('utf8', 0, MAX_BODY_BYTES)).slice(0, MAX_BODY_BYTES);
  const shown = excerpt(body.replace(/<[^<>]*>/g, ' '), MESSAGE_BODY_LENGTH);
  const why = status === 407 ? ' (it asks for other credentials)' : '';
  const message = `the proxy ${proxy} answered HTTP ${status} to the request for ${target}${why}`;
  return new HandshakeError(
    'http-status',
    shown === '' ? message : `${message}: ${shown}`,
    { status, body },
    proxy,
  );
}

/** A SOCKS proxy that does not let us through: what the `socks` library says of it. */
export function socksRefusal(error: Error, proxy: string, target: string): HandshakeError {
  const told = excerpt(error.message, MESSAGE_BODY_LENGTH);
  const isRejection = /authentication|rejected|NoAcceptedAuthType|acceptable|accepted/i.test(error.message);
  return new HandshakeError(
    isRejection || error.message === 'Socket closed' ? 'refused' : 'protocol',
    `the proxy ${proxy} does not lead to ${target}: ${told}`,
    undefined,
    proxy,
  );
}
