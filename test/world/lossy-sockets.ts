import type { SocketFactory } from '@exchange-stream/nestjs/engine';

/** Sockets on which some frames never arrive. */
export function lossy(sockets: SocketFactory, loses: (frame: Buffer) => boolean): SocketFactory {
  return {
    open: (url, options, handlers) =>
      sockets.open(url, options, {
        onOpen: () => handlers.onOpen(),
        onPing: (payload) => handlers.onPing(payload),
        onPong: () => handlers.onPong(),
        onError: (error) => handlers.onError(error),
        onClose: (code, reason) => handlers.onClose(code, reason),
        onFrame: (data, binary) => {
          if (!loses(data)) handlers.onFrame(data, binary);
        },
      }),
  };
}
