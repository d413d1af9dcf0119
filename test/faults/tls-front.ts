import { connect, type Socket } from 'node:net';
import { createServer, type TlsOptions, type TLSSocket } from 'node:tls';
import type { Front } from './front.ts';

/** Speaks TLS with the clients of a front and leads them on in plain text, as a load balancer does. */
export interface TlsEnd {
  /** For those who come from then on. */
  present(options: TlsOptions): void;
}

export function speakTls(
  front: Front,
  to: { readonly host: string; readonly port: number },
  options: TlsOptions,
): TlsEnd {
  const lead = (client: TLSSocket): void => {
    const exchange: Socket = connect(to.port, to.host);
    for (const [one, other] of [
      [client, exchange],
      [exchange, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  };
  const present = (presented: TlsOptions): void => {
    const server = createServer(presented, lead);
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    front.receive = (client) => void server.emit('connection', client);
  };
  present(options);
  return { present };
}
