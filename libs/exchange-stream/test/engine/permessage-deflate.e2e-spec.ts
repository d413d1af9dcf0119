import { lookup } from 'node:dns';
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { WsSocketFactory } from '../../src/engine/platform/ws-socket-factory.ts';
import { listen, type HostileServer } from './hostile-server.ts';

const MIB = 1024 * 1024;

/** Takes every extension offered, and says what that was. */
async function packingServer(take: (socket: WebSocket, extensions: string) => void): Promise<HostileServer> {
  const server = createServer();
  new WebSocketServer({ server, perMessageDeflate: true }).on('connection', (socket) => {
    socket.on('error', () => undefined);
    take(socket, socket.extensions);
  });
  return listen(server);
}

describe('permessage-deflate', () => {
  let server: HostileServer;

  afterEach(() => server.close());

  const first = (permessageDeflate: boolean, maxFrameBytes = MIB): Promise<string | Error> =>
    new Promise((resolve) => {
      const socket = new WsSocketFactory(lookup).open(
        `ws://${server.host}`,
        { handshakeTimeoutMs: 5_000, maxFrameBytes, closeDeadlineMs: 100, permessageDeflate },
        {
          onOpen: () => undefined,
          onFrame: (data) => {
            resolve(data.toString());
            socket.terminate();
          },
          onPing: () => undefined,
          onPong: () => undefined,
          onError: resolve,
          onClose: () => resolve(new Error('closed')),
        },
      );
    });

  test.each([
    [true, 'permessage-deflate'],
    [false, 'none'],
  ])('is offered where it is declared, and nowhere else: %s', async (declared, extensions) => {
    server = await packingServer((socket, used) => socket.send((used || 'none') + ' '.repeat(4_096)));
    expect(await first(declared)).toBe(extensions + ' '.repeat(4_096));
  });

  test('a bomb is stopped at the bound for frames', async () => {
    server = await packingServer((socket) => socket.send(Buffer.alloc(128 * MIB)));
    const error = await first(true, MIB);
    expect(String(error)).toContain(`a frame was larger than ${MIB} bytes, so we closed with code 1009`);
  });
});
