import type { ClientRequestArgs } from 'node:http';
import type { LookupFunction } from 'node:net';
import { WebSocket, type ClientOptions } from 'ws';
import type { Socket, SocketFactory, SocketHandlers, SocketOptions } from '../connection/socket.ts';
import { answeredInstead, handshakeError, openSocketError } from './ws-failure.ts';

/** `closeTimeout` is not in the type definitions of `ws` yet. */
type Options = ClientOptions & Pick<ClientRequestArgs, 'lookup'> & { readonly closeTimeout: number };

/** Sockets by `ws`. Compression is never offered: inflating costs a hundred times what it saves on a feed. */
export class WsSocketFactory implements SocketFactory {
  constructor(private readonly lookup: LookupFunction) {}

  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket {
    const { handshakeTimeoutMs, maxFrameBytes, closeDeadlineMs } = options;
    const chosen: Options = {
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: maxFrameBytes,
      closeTimeout: closeDeadlineMs,
      headers: { ...options.headers },
      perMessageDeflate: false,
      // Pongs count towards the limits of some exchanges, so they are sent by whoever counts.
      autoPong: false,
      // A redirect could lead anywhere, to a host without TLS too.
      followRedirects: false,
      // Said aloud, so that no environment variable or flag of Node can say otherwise.
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      lookup: this.lookup,
    };
    const socket = new WebSocket(url, chosen);
    let isOpen = false;
    let isAnswered = false;
    socket.on('open', () => {
      isOpen = true;
      handlers.onOpen();
    });
    socket.on('message', (data, binary) => {
      // With the default binary type `ws` joins fragments, so a message is always one Buffer.
      if (Buffer.isBuffer(data)) handlers.onFrame(data, binary);
    });
    socket.on('ping', (payload) => handlers.onPing(payload));
    socket.on('pong', () => handlers.onPong());
    socket.on('unexpected-response', (_request, response) => {
      isAnswered = true;
      void answeredInstead(response, url).then((refusal) => {
        // It may have been given up meanwhile, and after `onClose` nothing may come.
        if (socket.readyState !== WebSocket.CONNECTING) return;
        handlers.onError(refusal);
        socket.terminate();
      });
    });
    socket.on('error', (error) => {
      if (isOpen) handlers.onError(openSocketError(error, maxFrameBytes));
      // After an answer, this is `ws` telling that the answer was no WebSocket.
      else if (!isAnswered) handlers.onError(handshakeError(error, url, handshakeTimeoutMs));
    });
    socket.on('close', (code, reason) => handlers.onClose(code, reason.toString('utf8')));
    return {
      send: (data) => socket.send(data),
      ping: () => socket.ping(),
      pong: (payload) => socket.pong(payload),
      close: (code, reason) => socket.close(code, reason),
      terminate: () => socket.terminate(),
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
    };
  }
}
