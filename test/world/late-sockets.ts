import type { Clock } from '@exchange-stream/market-data';
import type { SocketFactory } from '@exchange-stream/nestjs/engine';

/** Sockets on which frames come late, by the number of the socket, counted from 1. */
export function late(
  sockets: SocketFactory,
  clock: Clock,
  delayOf: (socket: number) => number,
): SocketFactory {
  let opened = 0;
  return {
    open: (url, options, handlers) => {
      const number = ++opened;
      return sockets.open(url, options, {
        onOpen: () => handlers.onOpen(),
        onPing: (payload) => handlers.onPing(payload),
        onPong: () => handlers.onPong(),
        onError: (error) => handlers.onError(error),
        onClose: (code, reason) => handlers.onClose(code, reason),
        onFrame: (data, binary) => {
          const delayMs = delayOf(number);
          if (delayMs === 0) handlers.onFrame(data, binary);
          else clock.after(delayMs, () => handlers.onFrame(data, binary));
        },
      });
    },
  };
}
