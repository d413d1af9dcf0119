import type { LookupFunction } from 'node:net';
import { WebSocket } from 'ws';
import type { Socket, SocketFactory, SocketHandlers, SocketOptions } from '../connection/socket.ts';

/** Sockets by `ws`. Compression is never offered: inflating costs a hundred times what it saves on a feed. */
export class WsSocketFactory implements SocketFactory {
  constructor(private readonly lookup: LookupFunction) {}

  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket {
    const socket = new WebSocket(url, {
      handshakeTimeout: options.handshakeTimeoutMs,
      maxPayload: options.maxFrameBytes,
      headers: { ...options.headers },
      perMessageDeflate: false,
      lookup: this.lookup,
    });
    socket.on('open', () => handlers.onOpen());
    socket.on('message', (data, binary) => {
      // With the default binary type `ws` joins fragments, so a message is always one Buffer.
      if (Buffer.isBuffer(data)) handlers.onFrame(data, binary);
    });
    socket.on('ping', () => handlers.onPing());
    socket.on('pong', () => handlers.onPong());
    socket.on('error', (error) => handlers.onError(error));
    socket.on('close', (code, reason) => handlers.onClose(code, reason.toString('utf8')));
    return {
      send: (data) => socket.send(data),
      ping: () => socket.ping(),
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate(),
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
    };
  }
}
