import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { listen, type HostileServer } from './hostile-server.ts';
import { SELF_SIGNED } from './self-signed.ts';

/** A proxy on a free port of this machine, and what was asked of it. */
export interface ProxyServer extends HostileServer {
  /** `exchange.test:443`: where it was asked to lead to. */
  readonly asked: readonly string[];
}

export interface ProxyOptions {
  /** `user:password` that it asks for. */
  readonly credentials?: string;
  /** Leads everything there, whatever was asked for: the only one who knows where `exchange.test` is. */
  readonly leadsTo: string;
  /** Answers this in place of leading anywhere. */
  readonly answers?: string;
  /** Is told who wants to be led, as `user:password`. */
  readonly heard?: (given: string) => void;
}

/** Leads the tunnel to where all of them go, and takes both ends down together. */
function lead(from: Duplex, leadsTo: string, ready: () => void): void {
  const [host = '', port = ''] = leadsTo.split(':');
  const to = connect(Number(port), host, () => {
    ready();
    from.pipe(to);
    to.pipe(from);
  });
  for (const [one, other] of [
    [from, to],
    [to, from],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
}

/** Speaks CONNECT, over TLS or not. */
export async function connectProxy(options: ProxyOptions, secure = false): Promise<ProxyServer> {
  const asked: string[] = [];
  const server = secure ? createHttpsServer(SELF_SIGNED) : createHttpServer();
  server.on('connect', (request: IncomingMessage, socket: Duplex) => {
    asked.push(request.url ?? '');
    const given = Buffer.from((request.headers['proxy-authorization'] ?? '').slice(6), 'base64').toString();
    options.heard?.(given);
    if (options.answers !== undefined) return void socket.end(options.answers);
    if (options.credentials !== undefined && given !== options.credentials)
      return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\nwho are you');
    lead(socket, options.leadsTo, () => socket.write('HTTP/1.1 200 Connection established\r\n\r\n'));
  });
  return Object.assign(await listen(server), { asked });
}

/** Speaks SOCKS 5 by the letter of RFC 1928 and RFC 1929, as far as a client that asks by name needs it. */
export async function socksProxy(
  options: ProxyOptions & { readonly replies?: number },
): Promise<ProxyServer> {
  const asked: string[] = [];
  const connectTo = (socket: Socket): void => {
    socket.once('data', (request) => {
      // Version, CONNECT, reserved, then the kind of address: 3 is a name, with its length before it.
      const length = request[4] ?? 0;
      const name =
        request[3] === 3 ? request.toString('latin1', 5, 5 + length) : `no name but kind ${request[3]}`;
      asked.push(`${name}:${request.readUInt16BE(request.length - 2)}`);
      const reply = Buffer.from([5, options.replies ?? 0, 0, 1, 0, 0, 0, 0, 0, 0]);
      if (options.replies !== undefined) return void socket.end(reply);
      lead(socket, options.leadsTo, () => socket.write(reply));
    });
  };
  const server = createTcpServer((socket) => {
    socket.once('data', (greeting) => {
      const wanted = options.credentials === undefined ? 0 : 2;
      if (!greeting.subarray(2).includes(wanted)) return void socket.end(Buffer.from([5, 0xff]));
      socket.write(Buffer.from([5, wanted]));
      if (wanted === 0) return connectTo(socket);
      socket.once('data', (login) => {
        const user = login.toString('utf8', 2, 2 + (login[1] ?? 0));
        const password = login.toString('utf8', 3 + user.length);
        if (`${user}:${password}` !== options.credentials) return void socket.end(Buffer.from([1, 1]));
        socket.write(Buffer.from([1, 0]));
        connectTo(socket);
      });
    });
  });
  return Object.assign(await listen(server), { asked });
}
