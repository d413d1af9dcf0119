import type { Clock } from '@exchange-stream/market-data';
import type { Socket } from 'socket.io';
import type { FeedErrorBody } from './feed-error.ts';
import type { FeedLine } from './feed-line.ts';

/** How long a client may take to close its side before the connection is cut. */
const CLOSE_GRACE_MS = 1_000;

/**
 * A Socket.IO socket as a line. Batches bypass `socket.emit`: their messages are encoded already, once for all clients,
 * and only have to be framed as an EVENT packet (socket.io-protocol v5: type 2, namespace, JSON array).
 */
export class SocketIoLine implements FeedLine {
  readonly id: string;
  private readonly head: string;
  private waiting = 0;

  constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {
    this.id = socket.id;
    this.head = `2${socket.nsp.name},["data",[`;
  }

  get writable(): boolean {
    return this.socket.connected && this.socket.conn.transport.writable;
  }

  get backlog(): number {
    return this.waiting;
  }

  /** An event other than data; not held back when the client does not read, so what waits of them is counted. */
  emit(event: string, payload: object): void {
    this.count(payload);
    this.socket.emit(event, payload);
  }

  /** Answers a request through its acknowledgement; counted like an event. */
  answer(acknowledge: (answer: object) => void, answer: object): void {
    this.count(answer);
    acknowledge(answer);
  }

  sendData(messages: readonly string[]): void {
    this.socket.conn.write(`${this.head}${messages.join(',')}]]`, { compress: false });
  }

  sendError(error: FeedErrorBody): void {
    this.emit('error', error);
  }

  onWritable(listener: () => void): void {
    // Not `drain`: that comes before the transport is writable again.
    this.socket.conn.transport.on('ready', () => {
      this.waiting = 0;
      listener();
    });
  }

  close(): void {
    this.socket.disconnect(true);
    // A client that does not read does not answer the close either.
    const { socket } = this.socket.request;
    const timer = this.clock.after(CLOSE_GRACE_MS, () => socket.destroy());
    socket.once('close', () => timer.cancel());
  }

  private count(payload: object): void {
    if (!this.socket.conn.transport.writable) this.waiting += Buffer.byteLength(JSON.stringify(payload));
  }
}
