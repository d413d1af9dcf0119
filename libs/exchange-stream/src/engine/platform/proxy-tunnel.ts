import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { types } from 'node:util';
import { SocksClient } from 'socks';
import type { HandshakeError } from '../connection/handshake-error.ts';
import { withoutBrackets, type Proxy } from '../route/proxy-url.ts';
import { proxyError, proxyRefusal, socksRefusal } from './proxy-failure.ts';
import { TRUST, type Trust } from './trust.ts';

/** Where a tunnel leads to. */
export interface TunnelTarget {
  /** As in a URL. Resolved by the proxy, never here. */
  readonly hostname: string;
  readonly port: number;
}

export interface TunnelOptions {
  /** For the name of the proxy itself. */
  readonly lookup: LookupFunction;
  readonly trust: Trust;
  readonly timeoutMs: number;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/**
 * A plain connection to the target through a proxy: what runs over it is the caller's, TLS with the exchange included, so
 * the proxy sees nothing but names and bytes. One way for sockets and for HTTP, with one set of errors.
 * @throws HandshakeError which says that it was the proxy
 */
export async function tunnel(proxy: Proxy, target: TunnelTarget, options: TunnelOptions): Promise<Socket> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline;
  try {
    return await (proxy.protocol === 'socks5' ? throughSocks : throughHttp)(proxy, target, options, signal);
  } catch (error) {
    throw failure(error, deadline, proxy, target, options.timeoutMs);
  }
}

function failure(
  error: unknown,
  deadline: AbortSignal,
  proxy: Proxy,
  target: TunnelTarget,
  timeoutMs: number,
): HandshakeError {
  const cause = deadline.aborted
    ? Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })
    : types.isNativeError(error)
      ? error
      : new Error(String(error));
  return proxyError(cause, proxy.shown, authority(target), timeoutMs);
}

/** By CONNECT, RFC 9110 section 9.3.6. */
function throughHttp(
  proxy: Proxy,
  target: TunnelTarget,
  { lookup, trust }: TunnelOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { hostname, port, user, password = '' } = proxy;
  const path = authority(target);
  const credentials = Buffer.from(`${user ?? ''}:${password}`).toString('base64');
  return new Promise((resolve, reject) => {
    const request = (proxy.protocol === 'https' ? httpsRequest : httpRequest)({
      method: 'CONNECT',
      host: hostname,
      port,
      path,
      headers: { host: path, ...(user !== undefined && { 'proxy-authorization': `Basic ${credentials}` }) },
      // Else it would be the one in the header: that of the exchange.
      servername: isIP(hostname) === 0 ? hostname : '',
      agent: false,
      lookup,
      signal,
      ...TRUST,
      ...trust,
    });
    request.on('error', reject);
    request.on('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
      const status = response.statusCode ?? 0;
      if (status < 200 || status > 299) {
        socket.destroy();
        reject(proxyRefusal(response, head, proxy.shown, path));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

/** By SOCKS 5, RFC 1928, with user and password by RFC 1929. */
async function throughSocks(
  proxy: Proxy,
  target: TunnelTarget,
  { lookup, timeoutMs }: TunnelOptions,
  signal: AbortSignal,
): Promise<Socket> {
  const { hostname, port, user, password = '' } = proxy;
  const socket = connect({ host: hostname, port, lookup });
  const giveUp = (): void => void socket.destroy();
  signal.addEventListener('abort', giveUp, { once: true });
  try {
    await once(socket, 'connect', { signal });
    await SocksClient.createConnection({
      command: 'connect',
      existing_socket: socket,
      proxy: { host: hostname, port, type: 5, ...(user !== undefined && { userId: user, password }) },
      destination: { host: withoutBrackets(target.hostname), port: target.port },
      timeout: timeoutMs,
    }).catch((error: unknown) => {
      throw signal.aborted || !types.isNativeError(error)
        ? error
        : socksRefusal(error, proxy.shown, authority(target));
    });
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}

function authority({ hostname, port }: TunnelTarget): string {
  return `${hostname}:${port}`;
}
