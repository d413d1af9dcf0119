import { once } from 'node:events';
import type { Socket as NetSocket } from 'node:net';
import { OrderBook, type BookLevel } from '@exchange-stream/market-data';
import { io, type Socket } from 'socket.io-client';
import type { FeedAck } from '../src/feed/feed-client.ts';
import type { FeedErrorBody } from '../src/feed/feed-error.ts';
import type { DataMessage, FeedMessage, StatusMessage } from '../src/feed/feed-message.ts';

export type Answer = FeedAck & { readonly error?: FeedErrorBody };

/** A client of the feed that checks, message by message, that none is missing. */
export class FeedReader {
  readonly messages: FeedMessage[] = [];
  readonly errors: FeedErrorBody[] = [];
  readonly notices: { event: string; body: unknown }[] = [];
  /** Where the chain of a channel was broken. */
  readonly breaks: string[] = [];
  hello: Record<string, unknown> | undefined;
  disconnected: string | undefined;
  private readonly last = new Map<string, number>();

  private constructor(readonly socket: Socket) {
    socket.on('hello', (hello: Record<string, unknown>) => (this.hello = hello));
    socket.on('data', (batch: FeedMessage[]) => batch.forEach((message) => this.take(message)));
    socket.on('error', (error: FeedErrorBody) => this.errors.push(error));
    socket.on('reconnect', (body: unknown) => this.notices.push({ event: 'reconnect', body }));
    socket.on('disconnect', (reason) => (this.disconnected = reason));
  }

  static async connect(url: string, headers: Record<string, string> = {}): Promise<FeedReader> {
    const socket = io(`${url}/feed`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      extraHeaders: headers,
    });
    const reader = new FeedReader(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('hello', () => resolve());
      socket.once('connect_error', reject);
    });
    return reader;
  }

  async request(event: string, ...args: unknown[]): Promise<Answer> {
    const answer = (await this.socket.timeout(5_000).emitWithAck(event, ...args)) as Answer;
    for (const { ch, seq } of answer.ok) if (!this.last.has(ch)) this.last.set(ch, seq);
    return answer;
  }

  subscribe(...channels: unknown[]): Promise<Answer> {
    return this.request('subscribe', { channels });
  }

  of(ch: string): FeedMessage[] {
    return this.messages.filter((message) => message.ch === ch);
  }

  data(ch: string): DataMessage[] {
    return this.of(ch).filter(
      (message): message is DataMessage => message.t !== 'status' && message.t !== 'synced',
    );
  }

  statuses(ch: string): StatusMessage[] {
    return this.of(ch).filter((message): message is StatusMessage => message.t === 'status');
  }

  /** The book as the messages tell it. */
  book(ch: string): { bids: BookLevel[]; asks: BookLevel[]; sequence: unknown } {
    const book = new OrderBook();
    let sequence: unknown;
    for (const { t, d } of this.data(ch)) {
      const { bids, asks } = d as { bids: BookLevel[]; asks: BookLevel[] };
      if (t === 'snap') book.applySnapshot(bids, asks);
      else book.applyUpdate(bids, asks);
      sequence = d.sequence;
    }
    return { bids: book.bids(), asks: book.asks(), sequence };
  }

  /** Stops reading from the network, as a process does that hangs. */
  freeze(): void {
    this.tcp().pause();
  }

  /** Cuts the connection without a word. */
  kill(): void {
    if (this.disconnected === undefined) this.tcp().destroy();
    this.socket.disconnect();
  }

  async close(): Promise<void> {
    if (!this.socket.connected) return;
    const gone = once(this.socket as never, 'disconnect');
    this.socket.disconnect();
    await gone;
  }

  private tcp(): NetSocket {
    // No public way leads there: socket.io-client hides the TCP socket two levels down.
    const engine = this.socket.io.engine as unknown as { transport: { ws: { _socket: NetSocket } } };
    return engine.transport.ws._socket;
  }

  private take(message: FeedMessage): void {
    this.messages.push(message);
    if (message.t === 'synced') return;
    const last = this.last.get(message.ch);
    if (last !== undefined && message.p !== last) {
      this.breaks.push(`${message.ch} ${message.t}: p=${message.p} after s=${last}`);
    }
    this.last.set(message.ch, message.s);
  }
}
