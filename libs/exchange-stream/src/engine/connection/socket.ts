/** One socket to an exchange, already dialled. */
export interface Socket {
  send(data: string | Uint8Array): void;
  ping(): void;
  /** Answers a ping of the peer. @param payload that of the ping, byte by byte (RFC 6455, 5.5.3) */
  pong(payload: Uint8Array): void;
  /** Starts the close handshake. */
  close(code?: number, reason?: string): void;
  /** Cuts the connection without one. */
  terminate(): void;
  /** Bytes accepted by `send` that have not left yet. */
  readonly bufferedBytes: number;
}

/**
 * `onClose` is always the last call and always comes; `onError` may precede it. A socket that does not open is told by a
 * `HandshakeError`; on an open one, an error means that nothing more comes from it.
 */
export interface SocketHandlers {
  onOpen(): void;
  onFrame(data: Buffer, binary: boolean): void;
  /** The peer asks for a sign of life; no socket answers by itself. */
  onPing(payload: Buffer): void;
  onPong(): void;
  onClose(code: number, reason: string): void;
  onError(error: Error): void;
}

/** Whose socket it is, for those who write down what goes over it. */
export interface SocketOwner {
  readonly exchange: string;
  /** Id of the connection. */
  readonly connection: string;
  /** What is sent now proves who we are, and must not be shown. */
  isLoggingIn(): boolean;
  /** A text from outside without what must not be shown. */
  redact(text: string): string;
}

export interface SocketOptions {
  readonly handshakeTimeoutMs: number;
  readonly maxFrameBytes: number;
  /** How long the peer may take to answer a close that the factory itself has begun, over a frame it cannot take. */
  readonly closeDeadlineMs: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** URL of the proxy to dial through: `http:`, `https:` or `socks5:`. May hold a password. */
  readonly proxy?: string;
  /** Offers `permessage-deflate`; what a frame unpacks to is bound by `maxFrameBytes` too. */
  readonly permessageDeflate?: boolean;
  readonly owner?: SocketOwner;
}

/** Dials sockets. Never calls a handler before `open` has returned. */
export interface SocketFactory {
  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket;
}
