import type { SubscriptionRequest } from '@exchange-stream/market-data';
import { io, type Socket } from 'socket.io-client';
import { Contiguity } from './contiguity.ts';
import { readAck, readRefusal } from './feed-ack.ts';
import { isRecord, readMessage, type FeedMessage } from './feed-message.ts';

const BACKOFF_INITIAL_MS = 250;
const BACKOFF_MAX_MS = 10_000;
const ACK_DEADLINE_MS = 10_000;
/** Before a channel that may be refused only for now is asked for again. */
const RETRY_MS = 2_000;

/** Who listens to a feed. */
export interface FeedListener {
  /** A message, and as it came off the wire. */
  message(message: FeedMessage, raw: unknown): void;
  /** What happens to the connection, in words. */
  notice(text: string): void;
  /** The gateway refuses a channel, or the client; nothing will come. */
  refused(reason: string): void;
}

/** A connection to a gateway's feed that comes back after every loss and holds its channels. */
export class FeedConnection {
  private readonly socket: Socket;
  private readonly contiguity = new Contiguity();
  private retry: NodeJS.Timeout | undefined;
  private wasConnected = false;
  private lastNotice = '';

  constructor(
    private readonly url: string,
    private readonly channels: readonly SubscriptionRequest[],
    private readonly listener: FeedListener,
  ) {
    this.socket = io(new URL('/feed', url).href, {
      transports: ['websocket'],
      autoConnect: false,
      reconnectionDelay: BACKOFF_INITIAL_MS,
      reconnectionDelayMax: BACKOFF_MAX_MS,
    });
    this.socket.on('connect', () => this.connected());
    this.socket.on('connect_error', (error) => this.unreachable(error));
    this.socket.on('disconnect', (reason) => this.lost(reason));
    this.socket.on('data', (messages: unknown) => this.received(messages));
    this.socket.on('error', (error: unknown) => this.say(readRefusal(error).message));
    this.socket.on('reconnect', (notice: unknown) => {
      this.say(
        `the gateway is about to close: ${isRecord(notice) ? String(notice.reason) : 'no reason given'}`,
      );
    });
  }

  open(): void {
    this.socket.connect();
  }

  close(): void {
    clearTimeout(this.retry);
    this.socket.removeAllListeners();
    this.socket.disconnect();
  }

  private connected(): void {
    this.say(this.wasConnected ? `connected again to ${this.url}` : `connected to ${this.url}`);
    this.wasConnected = true;
    this.contiguity.clear();
    this.subscribe();
  }

  private unreachable(error: Error): void {
    // Without `active` Socket.IO has given up: the server has answered, and the answer was no.
    if (!this.socket.active)
      return this.listener.refused(`${this.url} refuses the connection: ${error.message}`);
    this.say(`cannot reach ${this.url} (${causeOf(error)}); trying again`);
  }

  private lost(reason: Socket.DisconnectReason): void {
    this.say(`lost the gateway (${reason}); connecting again`);
    // Socket.IO takes a disconnect that the server asks for as final.
    if (!this.socket.active) this.later(BACKOFF_INITIAL_MS, () => this.socket.connect());
  }

  private subscribe(): void {
    this.socket
      .timeout(ACK_DEADLINE_MS)
      .emit('subscribe', { channels: this.channels }, (failure: Error | null, answer: unknown) => {
        if (failure) this.startOver(`no answer to "subscribe" within ${ACK_DEADLINE_MS} ms`);
        else this.answered(answer);
      });
  }

  private answered(answer: unknown): void {
    const { joined, refusals } = readAck(answer);
    for (const { ch, epoch, seq } of joined) this.contiguity.joined(ch, epoch, seq);
    for (const { message, temporary } of refusals) {
      if (!temporary) return this.listener.refused(message);
      this.say(`${message}; trying again`);
    }
    if (refusals.length > 0) this.later(RETRY_MS, () => this.subscribe());
  }

  private received(messages: unknown): void {
    if (!Array.isArray(messages)) return;
    for (const raw of messages as readonly unknown[]) {
      const message = readMessage(raw);
      if (!message) continue;
      const problem = this.contiguity.check(message);
      if (problem !== undefined) return this.startOver(`messages of ${message.ch} are missing: ${problem}`);
      this.listener.message(message, raw);
    }
  }

  /** Gives up the connection: a fresh one is told the state of every channel. */
  private startOver(reason: string): void {
    this.say(`${reason}; connecting again`);
    this.socket.off('disconnect').disconnect();
    this.socket.on('disconnect', (again) => this.lost(again));
    this.later(BACKOFF_INITIAL_MS, () => this.socket.connect());
  }

  private later(delayMs: number, task: () => void): void {
    clearTimeout(this.retry);
    this.retry = setTimeout(task, delayMs);
  }

  /** Attempts that fail the same way are told once. */
  private say(text: string): void {
    if (text === this.lastNotice) return;
    this.lastNotice = text;
    this.listener.notice(text);
  }
}

/** Socket.IO wraps the system's error, which alone says why, twice. */
function causeOf(error: Error): string {
  const description = 'description' in error && isRecord(error.description) ? error.description : {};
  const cause = description.error ?? description.message;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return typeof cause === 'string' ? cause : error.message;
}
