/**
 * The network as an engine sees it: what a memory transport provides. The shapes are those of the engine's own ports,
 * which accept them structurally.
 */
export interface MemorySocket {
  send(data: string | Uint8Array): void;
  ping(): void;
  /** Answers a ping; no socket does by itself. */
  pong(payload: Uint8Array): void;
  close(code?: number, reason?: string): void;
  terminate(): void;
  readonly bufferedBytes: number;
}

export interface MemorySocketHandlers {
  onOpen(): void;
  onFrame(data: Buffer, binary: boolean): void;
  onPing(payload: Buffer): void;
  onPong(): void;
  /** Always the last call. */
  onClose(code: number, reason: string): void;
  onError(error: Error): void;
}

export interface MemorySocketOptions {
  readonly handshakeTimeoutMs: number;
  readonly maxFrameBytes: number;
  readonly headers?: Record<string, string>;
}

export interface MemorySocketFactory {
  open(url: string, options: MemorySocketOptions, handlers: MemorySocketHandlers): MemorySocket;
}

export interface MemoryHttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal;
}

export interface MemoryHttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

export interface MemoryHttpTransport {
  request(request: MemoryHttpRequest): Promise<MemoryHttpResponse>;
}
