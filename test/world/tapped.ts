import type { Socket } from '@exchange-stream/nestjs/engine';
import type { Network } from './exchange-world.ts';

/** What the engine does on the network: opens a socket, asks by REST, says something on a socket. */
export interface WireCall {
  readonly what: 'dial' | 'rest' | 'send';
  readonly url: string;
  /** What is said or asked; of REST, headers and body. */
  readonly text: string;
}

/** A network on which somebody listens to what the engine does; signs of life of WebSocket itself left out. */
export function tapped({ sockets, http }: Network, tap: (call: WireCall) => void): Network {
  return {
    sockets: {
      open: (url, options, handlers) => {
        tap({ what: 'dial', url, text: '' });
        return new TappedSocket(sockets.open(url, options, handlers), (text) =>
          tap({ what: 'send', url, text }),
        );
      },
    },
    http: {
      request: (request) => {
        const { url, method, headers = {}, body = '' } = request;
        tap({ what: 'rest', url, text: JSON.stringify([method, headers, body]) });
        return http.request(request);
      },
    },
  };
}

class TappedSocket implements Socket {
  constructor(
    private readonly socket: Socket,
    private readonly sent: (text: string) => void,
  ) {}

  send(data: string | Uint8Array): void {
    this.sent(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'));
    this.socket.send(data);
  }

  ping(): void {
    this.socket.ping();
  }

  pong(payload: Uint8Array): void {
    this.socket.pong(payload);
  }

  close(code?: number, reason?: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
  }

  get bufferedBytes(): number {
    return this.socket.bufferedBytes;
  }
}
