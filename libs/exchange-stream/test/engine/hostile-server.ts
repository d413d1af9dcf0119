import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { SELF_SIGNED } from './self-signed.ts';

/** A server on a free port of this machine that is no decent exchange. */
export interface HostileServer {
  /** `127.0.0.1:40001`. */
  readonly host: string;
  /** TCP connections taken so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Puts a server on a free port, and takes everything down that hangs on it. */
export async function listen(server: Server): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Takes TCP connections and does with them as it is told. */
export const tcpServer = (take: (socket: Socket) => void): Promise<HostileServer> =>
  listen(createTcpServer(take));

/** Knows no WebSocket: answers a handshake like any request. */
export const httpServer = (answer: RequestListener): Promise<HostileServer> =>
  listen(createHttpServer(answer));

/** Speaks TLS with a certificate that nobody has reason to trust. */
export const selfSignedServer = (): Promise<HostileServer> => {
  const server = createHttpsServer(SELF_SIGNED);
  new WebSocketServer({ server });
  return listen(server);
};

/** Takes WebSockets and does with them as it is told. */
export const webSocketServer = (take: (socket: WebSocket) => void): Promise<HostileServer> => {
  const server = createHttpServer();
  new WebSocketServer({ server }).on('connection', take);
  return listen(server);
};
