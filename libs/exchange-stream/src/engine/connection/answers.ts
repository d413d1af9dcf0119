import type { Clock, Timer } from '@exchange-stream/market-data';
import type { SocketEndpoint } from '../../contract/index.ts';
import type { Outbox } from './outbox.ts';

/** Answers that may wait; of a flood, the newest count. */
const MAX_WAITING = 8;

interface Answer {
  readonly isPong: boolean;
  readonly send: () => void;
}

/**
 * Answers what the exchange asks of us for a sign of life: WebSocket pings, and frames in its own words. Of those that come
 * faster than we may answer, the newest are answered; of WebSocket pings only the last (RFC 6455, 5.5.3). All of them take
 * at most half of the messages that we may send, so that requests get through a flood.
 */
export class Answers {
  private readonly spacingMs: number;
  private waiting: Answer[] = [];
  private isPosted = false;
  private answeredAt = -Infinity;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    { limits, heartbeat }: Pick<SocketEndpoint, 'limits' | 'heartbeat'>,
  ) {
    const { safe, windowMs } = limits.messages;
    this.spacingMs = Math.min((2 * windowMs) / safe, heartbeat.deadlineMs / 4);
  }

  /** Answers a WebSocket ping; one that still waits is answered with it. */
  pong(send: () => void): void {
    this.waiting = this.waiting.filter(({ isPong }) => !isPong);
    this.add({ isPong: true, send });
  }

  /** Answers a frame. */
  frame(send: () => void): void {
    this.add({ isPong: false, send });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.waiting = [];
    this.isPosted = false;
  }

  private add(answer: Answer): void {
    if (this.waiting.length >= MAX_WAITING) this.waiting.shift();
    this.waiting.push(answer);
    this.next();
  }

  private next(): void {
    if (this.waiting.length === 0 || this.isPosted || this.timer) return;
    const waitMs = this.answeredAt + this.spacingMs - this.clock.monotonic();
    if (waitMs <= 0) return this.post();
    this.timer = this.clock.after(waitMs, () => {
      this.timer = undefined;
      this.post();
    });
  }

  private post(): void {
    this.isPosted = true;
    this.outbox.post('heartbeat', 1, () => {
      this.isPosted = false;
      this.answeredAt = this.clock.monotonic();
      this.waiting.shift()?.send();
      this.next();
    });
  }
}
