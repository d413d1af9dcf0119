import type { ClientRequestArgs } from 'node:http';
import { isIP, type LookupFunction, type Socket as NetSocket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import type { Socket, SocketFactory, SocketHandlers, SocketOptions } from '../connection/socket.ts';
import { HandshakeError } from '../connection/handshake-error.ts';
import { parseProxy, withoutBrackets } from '../route/proxy-url.ts';
import { tunnel } from './proxy-tunnel.ts';
import { TRUST, type Trust } from './trust.ts';
import { answeredInstead, handshakeError, openSocketError } from './ws-failure.ts';

/** `closeTimeout` is not in the type definitions of `ws` yet. */
type Options = Omit<ClientOptions, 'createConnection'> &
  Pick<ClientRequestArgs, 'lookup' | 'createConnection'> & { readonly closeTimeout: number };

/**
 * `permessage-deflate` where an endpoint declares it. Our own frames are small and go out as they are, and the windows
 * that compressing them would need are not kept.
 */
const PERMESSAGE_DEFLATE = {
  threshold: Number.MAX_SAFE_INTEGER,
  clientNoContextTakeover: true,
  zlibInflateOptions: { chunkSize: 64 * 1024 },
  concurrencyLimit: 10,
};

/**
 * Sockets by `ws`. Compression is offered only where the exchange is declared to need it: inflating costs a hundred times
 * what it saves on a feed.
 */
export class WsSocketFactory implements SocketFactory {
  constructor(
    private readonly lookup: LookupFunction,
    private readonly trust: Trust = {},
  ) {}

  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket {
    const { handshakeTimeoutMs, maxFrameBytes, closeDeadlineMs } = options;
    const gone = new AbortController();
    const chosen: Options = {
      handshakeTimeout: handshakeTimeoutMs,
      maxPayload: maxFrameBytes,
      closeTimeout: closeDeadlineMs,
      headers: { ...options.headers },
      perMessageDeflate: options.permessageDeflate === true ? PERMESSAGE_DEFLATE : false,
      // Pongs count towards the limits of some exchanges, so they are sent by whoever counts.
      autoPong: false,
      // A redirect could lead anywhere, to a host without TLS too.
      followRedirects: false,
      ...TRUST,
      ...this.trust,
      lookup: this.lookup,
      ...(options.proxy !== undefined && {
        createConnection: this.throughProxy(url, options.proxy, handshakeTimeoutMs, gone.signal),
      }),
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
    socket.on('close', (code, reason) => {
      gone.abort();
      handlers.onClose(code, reason.toString('utf8'));
    });
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

  /** TLS is spoken with the exchange, through the proxy, and checked as it is without one. */
  private throughProxy(
    url: string,
    proxyUrl: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): NonNullable<ClientRequestArgs['createConnection']> {
    const { hostname, port, protocol } = new URL(url);
    const isSecure = protocol === 'wss:';
    const host = withoutBrackets(hostname);
    const dial = async (): Promise<NetSocket> => {
      const proxy = parseProxy(proxyUrl);
      if (!proxy) throw new HandshakeError('protocol', 'the URL of the proxy cannot be read');
      const target = { hostname, port: port === '' ? (isSecure ? 443 : 80) : Number(port) };
      const { lookup, trust } = this;
      const socket = await tunnel(proxy, target, { lookup, trust, timeoutMs, signal });
      socket.setTimeout(timeoutMs);
      return isSecure
        ? connectTls({ socket, host, servername: isIP(host) === 0 ? host : '', ...TRUST, ...trust })
        : socket;
    };
    return (_options, created) => {
      dial().then(
        (socket) => created(null, socket),
        // The socket that the signature asks for is the one there is none of.
        (error: unknown) => (created as (error: unknown) => void)(error),
      );
      return undefined;
    };
  }
}
