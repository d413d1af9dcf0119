import { isUtf8 } from 'node:buffer';
import type { Clock, Timer } from '@exchange-stream/market-data';
import type { ConnectionHandler, SimulatedExchange } from '../simulated-exchange.ts';
import {
  answeredInstead,
  connectionRefused,
  unanswered,
  unresolved,
  type MemoryHandshakeError,
} from './memory-handshake-error.ts';
import { MEMORY_ADDRESS, type NetworkConditions } from './network-conditions.ts';
import type { MemorySocket, MemorySocketHandlers, MemorySocketOptions } from './transport-ports.ts';

const ABNORMAL_CLOSURE = 1006;
const NO_STATUS = 1005;
const FRAME_TOO_LARGE = 1009;
/** How long a closing handshake waits for the other side, as in the `ws` library. */
const CLOSE_TIMEOUT_MS = 30_000;

type State = 'connecting' | 'open' | 'closing' | 'closed';

/**
 * Both ends of one connection and the wire between them. Every delivery goes through the clock, so a call never
 * returns with the other side's answer already given, and what was sent first arrives first.
 */
export class MemoryConnection implements MemorySocket {
  private state: State = 'connecting';
  /** A wire that is cut in silence: neither end learns of it by itself. */
  private dead = false;
  private exchangeSide: ConnectionHandler | undefined;
  private undelivered = 0;
  private readonly towardsClient: Lane;
  private readonly towardsExchange: Lane;
  /** Of the opening or the closing handshake. */
  private deadline: Timer | undefined;

  constructor(
    private readonly exchange: SimulatedExchange,
    private readonly conditions: NetworkConditions,
    private readonly url: URL,
    private readonly options: MemorySocketOptions,
    private readonly handlers: MemorySocketHandlers,
    private readonly onEnd: (connection: MemoryConnection) => void,
  ) {
    this.towardsClient = new Lane(conditions.clock);
    this.towardsExchange = new Lane(conditions.clock);
    this.after(conditions.delayMs(), () => this.connect());
  }

  get bufferedBytes(): number {
    return this.undelivered;
  }

  send(data: string | Uint8Array): void {
    if (this.state !== 'open') return;
    const text = typeof data === 'string' ? data : Buffer.from(data).toString();
    const bytes = Buffer.byteLength(text);
    this.undelivered += bytes;
    this.toExchange((exchangeSide) => {
      this.undelivered -= bytes;
      exchangeSide.onMessage(text);
    });
  }

  ping(): void {
    if (this.state !== 'open') return;
    this.toExchange((exchangeSide) => {
      exchangeSide.onPing();
      this.toClient(() => this.handlers.onPong());
    });
  }

  pong(payload: Uint8Array): void {
    if (this.state !== 'open' || !this.conditions.answersPings) return;
    const text = Buffer.from(payload).toString();
    this.toExchange((exchangeSide) => exchangeSide.onPong(text));
  }

  close(code: number = NO_STATUS, reason: string = ''): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    const wasOpen = this.state === 'open';
    this.state = 'closing';
    if (!wasOpen) return this.after(0, () => this.end(ABNORMAL_CLOSURE, ''));
    this.toExchange((exchangeSide) => {
      exchangeSide.onClose();
      this.toClient(() => this.end(code, reason));
    });
    // The other side may never answer.
    this.limit(CLOSE_TIMEOUT_MS, () => this.end(ABNORMAL_CLOSURE, ''));
  }

  terminate(): void {
    if (this.state === 'closed') return;
    this.state = 'closing';
    this.toExchange((exchangeSide) => exchangeSide.onClose());
    this.after(0, () => this.end(ABNORMAL_CLOSURE, ''));
  }

  /** From now on nothing arrives anywhere. */
  freeze(): void {
    this.dead = true;
  }

  /** Breaks the wire: both ends learn of it at once. */
  drop(): void {
    this.exchangeSide?.onClose();
    this.after(0, () => this.end(ABNORMAL_CLOSURE, ''));
  }

  private connect(): void {
    if (this.state !== 'connecting') return;
    const { frozen, hanging, resolving, intercepted } = this.conditions;
    if (!resolving) return this.failOpening(unresolved(this.url));
    if (frozen || hanging) {
      const { handshakeTimeoutMs } = this.options;
      const waitMs = Math.max(0, handshakeTimeoutMs - this.conditions.latencyMs);
      return this.limit(waitMs, () => this.failOpening(unanswered(handshakeTimeoutMs)));
    }
    if (this.conditions.refusing) return this.failOpening(connectionRefused(this.url));
    const { pathname: path, searchParams: query, host } = this.url;
    const refusal =
      intercepted ?? this.exchange.refuseHandshake({ path, query, address: MEMORY_ADDRESS, host });
    if (refusal !== undefined)
      return this.toClient(() => this.failOpening(answeredInstead(this.url, refusal)));
    this.state = 'open';
    // The opening reaches the client before anything the exchange sends on accepting.
    this.toClient(() => this.handlers.onOpen());
    this.exchangeSide = this.exchange.accept({
      path,
      query,
      address: MEMORY_ADDRESS,
      send: (text) => this.deliver(Buffer.from(text), false),
      sendBytes: (bytes) => this.deliver(Buffer.from(bytes), false),
      sendBinary: (bytes) => this.deliver(Buffer.from(bytes), true),
      ping: (payload) => this.deliverPing(payload),
      close: (code, reason) => this.toClient(() => this.end(code ?? NO_STATUS, reason)),
      closeMalformed: () =>
        this.toClient(() =>
          this.fail(new Error('Invalid WebSocket frame: invalid payload length 126'), ABNORMAL_CLOSURE),
        ),
      terminate: () => this.toClient(() => this.end(ABNORMAL_CLOSURE, '')),
    });
  }

  private deliver(data: Buffer, binary: boolean): void {
    this.toClient(() => {
      if (data.length > this.options.maxFrameBytes)
        return this.fail(new Error('Max payload size exceeded'), FRAME_TOO_LARGE);
      // RFC 6455, 8.1: text that is no UTF-8 fails the connection. `ws` hangs up before it hears a code.
      if (!binary && !isUtf8(data))
        return this.fail(new Error('Invalid WebSocket frame: invalid UTF-8 sequence'), ABNORMAL_CLOSURE);
      if (this.state === 'open') this.handlers.onFrame(data, binary);
    });
  }

  private deliverPing(payload: string): void {
    this.toClient(() => {
      if (this.state !== 'open') return;
      this.handlers.onPing(Buffer.from(payload));
    });
  }

  private failOpening(error: MemoryHandshakeError): void {
    this.fail(error, ABNORMAL_CLOSURE);
  }

  private fail(error: Error, code: number): void {
    if (this.state === 'closed') return;
    if (this.state !== 'closing') this.handlers.onError(error);
    this.exchangeSide?.onClose();
    this.end(code, '');
  }

  private end(code: number, reason: string): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.deadline?.cancel();
    this.onEnd(this);
    this.handlers.onClose(code, reason);
  }

  private toClient(deliver: () => void): void {
    this.towardsClient.carry(this.conditions.delayMs(), () => {
      if (!this.dead && this.state !== 'closed') deliver();
    });
  }

  private toExchange(deliver: (exchangeSide: ConnectionHandler) => void): void {
    this.towardsExchange.carry(this.conditions.delayMs(), () => {
      if (!this.dead && this.exchangeSide !== undefined) deliver(this.exchangeSide);
    });
  }

  private limit(delayMs: number, task: () => void): void {
    this.deadline = this.conditions.clock.after(delayMs, task);
  }

  private after(delayMs: number, task: () => void): void {
    this.conditions.clock.after(delayMs, task);
  }
}

/** One direction of a wire: what was sent first arrives first, however long each message takes. */
class Lane {
  private readonly waiting: (() => void)[] = [];
  private lastAt = 0;

  constructor(private readonly clock: Clock) {}

  carry(delayMs: number, arrive: () => void): void {
    const now = this.clock.monotonic();
    this.lastAt = Math.max(this.lastAt, now + delayMs);
    this.waiting.push(arrive);
    // Whichever timer comes first: it is the turn of whoever has waited longest.
    this.clock.after(this.lastAt - now, () => this.waiting.shift()?.());
  }
}
