import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What is done with one connection of a client. */
export type Reception = (client: Socket) => void;

/**
 * A TCP server in front of an exchange. By default it leads everybody there; `receive` may be replaced at any time, for
 * those who come from then on.
 */
export interface Front {
  readonly host: string;
  readonly port: number;
  /** Connections taken so far. */
  readonly taken: number;
  /** First byte that each client sent, where one came. */
  readonly firstBytes: readonly number[];
  receive: Reception;
  /** What leads a connection to the exchange. */
  readonly lead: Reception;
  /** Connections that are being led. */
  readonly led: ReadonlySet<Socket>;
  close(): Promise<void>;
}

export async function startFront(to: { readonly host: string; readonly port: number }): Promise<Front> {
  const open = new Set<Socket>();
  const led = new Set<Socket>();
  const firstBytes: number[] = [];
  let taken = 0;
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => open.delete(socket));
  };
  const lead: Reception = (client) => {
    const exchange = connect(to.port, to.host);
    keep(exchange);
    client.pipe(exchange);
    exchange.pipe(client);
    led.add(client);
    client.on('close', () => {
      led.delete(client);
      exchange.destroy();
    });
    exchange.on('close', () => client.destroy());
  };
  // Whoever ends his side is not ended in return before the exchange does it: closes stay as slow as the way there is.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    taken++;
    keep(client);
    client.once('data', (bytes: Buffer) => firstBytes.push(bytes[0] ?? -1));
    front.receive(client);
  });
  const front: Front = {
    host: '127.0.0.1',
    get port() {
      return (server.address() as AddressInfo).port;
    },
    get taken() {
      return taken;
    },
    firstBytes,
    receive: lead,
    lead,
    led,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
  await new Promise<void>((resolve) => server.listen(0, front.host, resolve));
  return front;
}
