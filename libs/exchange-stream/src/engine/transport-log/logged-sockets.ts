import type { Clock } from '@exchange-stream/market-data';
import { excerpt, frameExcerpt, REDACTED } from '../connection/redaction.ts';
import type {
  Socket,
  SocketFactory,
  SocketHandlers,
  SocketOptions,
  SocketOwner,
} from '../connection/socket.ts';
import type { TransportEntry, TransportLog } from './transport-log.ts';

/** Beginning of a frame that is shown. */
const SHOWN_BYTES = 1_000;

/** What is shown in place of a login. */
const LOGIN = '[login]';

type Told = TransportEntry extends infer Entry
  ? Entry extends TransportEntry
    ? Omit<Entry, 'at' | 'exchange' | 'connection'>
    : never
  : never;

/** Sockets of another factory, with everything that goes over them written to a log. */
export class LoggedSockets implements SocketFactory {
  constructor(
    private readonly sockets: SocketFactory,
    private readonly clock: Clock,
    private readonly log: TransportLog,
  ) {}

  open(url: string, options: SocketOptions, handlers: SocketHandlers): Socket {
    const { owner } = options;
    if (!owner) return this.sockets.open(url, options, handlers);
    const tell = (entry: Told): void => {
      const { exchange, connection } = owner;
      this.log({ at: this.clock.now(), exchange, connection, ...entry });
    };
    tell({ event: 'dial', url: shown(owner, url), proxied: options.proxy !== undefined });
    const socket = this.sockets.open(url, options, loggedHandlers(owner, handlers, tell));
    return loggedSocket(owner, socket, tell);
  }
}

function loggedHandlers(
  owner: SocketOwner,
  handlers: SocketHandlers,
  tell: (entry: Told) => void,
): SocketHandlers {
  return {
    onOpen: () => {
      tell({ event: 'open' });
      handlers.onOpen();
    },
    onFrame: (data, binary) => {
      tell({ event: 'received', bytes: data.length, beginning: beginningOf(owner, data, binary), binary });
      handlers.onFrame(data, binary);
    },
    onPing: (payload) => {
      tell({ event: 'ping-received' });
      handlers.onPing(payload);
    },
    onPong: () => {
      tell({ event: 'pong-received' });
      handlers.onPong();
    },
    onError: (error) => {
      tell({ event: 'error', message: shown(owner, error.message) });
      handlers.onError(error);
    },
    onClose: (code, reason) => {
      tell({ event: 'closed', code, reason: shown(owner, reason) });
      handlers.onClose(code, reason);
    },
  };
}

function loggedSocket(owner: SocketOwner, socket: Socket, tell: (entry: Told) => void): Socket {
  return {
    send: (data) => {
      const binary = typeof data !== 'string';
      const frame = Buffer.from(data);
      const beginning = owner.isLoggingIn() ? LOGIN : beginningOf(owner, frame, binary);
      tell({ event: 'sent', bytes: frame.length, beginning, binary });
      socket.send(data);
    },
    ping: () => {
      tell({ event: 'ping-sent' });
      socket.ping();
    },
    pong: (payload) => {
      tell({ event: 'pong-sent' });
      socket.pong(payload);
    },
    close: (code, reason) => {
      tell({ event: 'close-sent', code });
      socket.close(code, reason);
    },
    terminate: () => {
      tell({ event: 'cut' });
      socket.terminate();
    },
    get bufferedBytes() {
      return socket.bufferedBytes;
    },
  };
}

function beginningOf(owner: SocketOwner, frame: Buffer, binary: boolean): string {
  return binary ? binaryBeginningOf(owner, frame) : owner.redact(frameExcerpt(frame, SHOWN_BYTES));
}

/**
 * In hexadecimal, without the secrets that stand in it as they are. Nobody finds them in what is packed: of what comes
 * during a login, and may quote it, nothing is shown.
 */
function binaryBeginningOf(owner: SocketOwner, frame: Buffer): string {
  if (owner.isLoggingIn()) return LOGIN;
  // One character a byte, so that what is left becomes the same bytes again.
  return owner
    .redact(frame.toString('latin1', 0, SHOWN_BYTES / 2))
    .split(REDACTED)
    .map((rest) => Buffer.from(rest, 'latin1').toString('hex'))
    .join(REDACTED);
}

function shown(owner: SocketOwner, text: string): string {
  return owner.redact(excerpt(text, SHOWN_BYTES));
}
