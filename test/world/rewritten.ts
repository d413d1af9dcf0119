import type { SocketFactory } from '@exchange-stream/nestjs/engine';

/** Sockets whose frames somebody else passes on. */
export function rewritten(
  sockets: SocketFactory,
  onFrame: (text: string, pass: (text: string) => void) => void,
): SocketFactory {
  return {
    open: (url, options, handlers) =>
      sockets.open(url, options, {
        onOpen: () => handlers.onOpen(),
        onPing: (payload) => handlers.onPing(payload),
        onPong: () => handlers.onPong(),
        onError: (error) => handlers.onError(error),
        onClose: (code, reason) => handlers.onClose(code, reason),
        onFrame: (data, binary) =>
          onFrame(data.toString(), (text) => handlers.onFrame(Buffer.from(text), binary)),
      }),
  };
}
