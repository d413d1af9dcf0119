import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import type { Clock } from '@exchange-stream/market-data';
import { WebSocketServer, type WebSocket } from 'ws';
import type { HandshakeRefusal, SimulatedExchange } from '../simulated-exchange.ts';

const LARGEST_MESSAGE_BYTES = 1024 * 1024;
const LARGEST_BODY_BYTES = 1024 * 1024;
/** A client that reads slower than the market moves is cut off before it fills the memory. */
const LARGEST_BACKLOG_BYTES = 64 * 1024 * 1024;

const PADDING = Buffer.alloc(64 * 1024, ' ');

/** FIN and opcode 8, a length of 2 + 124 written as a longer one, code 1000, the reason. */
const MALFORMED_CLOSE = Buffer.concat([
  Buffer.from([0x88, 126, 0, 126, 0x03, 0xe8]),
  Buffer.from('x'.repeat(124)),
]);

/** Thrown when the port is in use, or may not be used. */
export class SimulatorPortError extends Error {
  readonly code = 'PORT_UNAVAILABLE';

  constructor(host: string, port: number, cause: Error) {
    super(
      `The simulated exchange cannot listen on ${host}:${port} (${cause.message}). ` +
        'Choose another port, or 0 for any free one.',
      { cause },
    );
    this.name = 'SimulatorPortError';
  }
}

/** WebSocket and REST of one simulated exchange on one port. */
export class ExchangeServer {
  private readonly server: Server;
  private readonly sockets: WebSocketServer;

  constructor(
    private readonly exchange: SimulatedExchange,
    private readonly clock: Clock,
  ) {
    this.sockets = new WebSocketServer({
      noServer: true,
      maxPayload: LARGEST_MESSAGE_BYTES,
      // Every frame, however small: what is offered is to be seen.
      perMessageDeflate: exchange.permessageDeflate === true && { threshold: 0 },
    });
    this.server = createServer((request, response) => {
      readBody(request, (body) => this.onRequest(request, body, response));
    });
    this.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      const { pathname: path, searchParams: query } = requestUrl(request);
      const { host = '' } = request.headers;
      const refusal = this.exchange.refuseHandshake({ path, query, address: addressOf(request), host });
      if (refusal !== undefined) return refuse(socket, refusal);
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.onSocket(webSocket, request));
    });
  }

  /**
   * @returns the port, which the system chose when 0 was asked for
   * @throws SimulatorPortError
   */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const onError = (error: Error): void => reject(new SimulatorPortError(host, port, error));
      this.server.once('error', onError);
      this.server.listen(port, host, () => {
        this.server.off('error', onError);
        const address = this.server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : port);
      });
    });
  }

  /** Cuts what is still connected and frees the port. */
  close(): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private onSocket(socket: WebSocket, request: IncomingMessage): void {
    const url = requestUrl(request);
    const handler = this.exchange.accept({
      path: url.pathname,
      query: url.searchParams,
      address: addressOf(request),
      send: (text) => {
        if (socket.bufferedAmount > LARGEST_BACKLOG_BYTES) socket.terminate();
        else if (socket.readyState === socket.OPEN) socket.send(text);
      },
      sendBytes: (bytes) => {
        if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: false });
      },
      sendBinary: (bytes) => {
        if (socket.bufferedAmount > LARGEST_BACKLOG_BYTES) socket.terminate();
        else if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: true });
      },
      ping: (payload) => {
        if (socket.readyState === socket.OPEN) socket.ping(payload);
      },
      close: (code, reason) => socket.close(code, reason),
      closeMalformed: () => void request.socket.write(MALFORMED_CLOSE),
      terminate: () => socket.terminate(),
    });
    socket.on('message', (data) => handler.onMessage(messageText(data)));
    socket.on('ping', () => handler.onPing());
    socket.on('pong', (payload) => handler.onPong(payload.toString()));
    socket.on('close', () => handler.onClose());
    // A broken frame or connection ends in `close`, which is all the exchange needs to know.
    socket.on('error', () => socket.terminate());
  }

  private onRequest(request: IncomingMessage, body: string, response: ServerResponse): void {
    const url = requestUrl(request);
    const answer = this.exchange.request({
      method: request.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      target: request.url ?? '/',
      headers: Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      ),
      body,
      address: addressOf(request),
    });
    const send = (): void => {
      const { status, headers, body: text, paddingBytes } = answer;
      response.writeHead(status, headers);
      if (paddingBytes === undefined) return void response.end(text);
      response.write(text);
      sendPadding(response, paddingBytes);
    };
    if (answer.delayMs === undefined) return send();
    const timer = this.clock.after(answer.delayMs, send);
    response.on('close', () => timer.cancel());
  }
}

/** Hands over the whole body; who sends more than any exchange takes is cut off. */
function readBody(request: IncomingMessage, onBody: (body: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY_BYTES) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => onBody(Buffer.concat(chunks).toString()));
}

/** As much at a time as the client takes; nobody holds all of it. */
function sendPadding(response: ServerResponse, bytes: number): void {
  let left = bytes;
  const sendMore = (): void => {
    while (left > 0 && !response.destroyed) {
      const chunk = PADDING.subarray(0, left);
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', sendMore);
    }
    response.end();
  };
  sendMore();
}

/** A client that is gone by now, or never leaves, keeps nothing open. */
function refuse(socket: Duplex, { status, headers = {}, body = '' }: HandshakeRefusal): void {
  socket.once('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  const reason = STATUS_CODES[status] ?? '';
  const told = { ...headers, connection: 'close', 'content-length': String(Buffer.byteLength(body)) };
  const lines = Object.entries(told).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${reason}\r\n${lines.join('')}\r\n${body}`);
}

function requestUrl(request: IncomingMessage): URL {
  const target = request.url ?? '/';
  // Two leading slashes would be read as a host, and a client can send anything.
  return URL.canParse(target, 'http://simulator')
    ? new URL(target, 'http://simulator')
    : new URL('http://simulator/');
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? 'unknown';
}

function messageText(data: Buffer | ArrayBuffer | Buffer[]): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return Buffer.isBuffer(data) ? data.toString() : Buffer.from(data).toString();
}
