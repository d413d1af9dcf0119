import type { Clock, Timer } from '@exchange-stream/market-data';
import type { SocketEndpoint } from '../../contract/index.ts';
import type { Outbox } from './outbox.ts';

/**
 * Answers the WebSocket pings of an exchange. Of pings that come faster than we may answer, the newest is answered (RFC
 * 6455, 5.5.3), so that a flood of them takes at most half of the messages that we may send, and requests get through.
 */
export class PongAnswers {
  private readonly spacingMs: number;
  private newest: Uint8Array | undefined;
  private isPosted = false;
  private answeredAt = -Infinity;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    { limits, heartbeat }: Pick<SocketEndpoint, 'limits' | 'heartbeat'>,
    private readonly send: (payload: Uint8Array) => void,
  ) {
    const { safe, windowMs } = limits.messages;
    this.spacingMs = Math.min((2 * windowMs) / safe, heartbeat.deadlineMs / 4);
  }

  answer(payload: Uint8Array): void {
    this.newest = payload;
    if (this.isPosted || this.timer) return;
    const waitMs = this.answeredAt + this.spacingMs - this.clock.monotonic();
    if (waitMs <= 0) return this.post();
    this.timer = this.clock.after(waitMs, () => {
      this.timer = undefined;
      this.post();
    });
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = this.newest = undefined;
    this.isPosted = false;
  }

  private post(): void {
    this.isPosted = true;
    this.outbox.post('heartbeat', 1, () => {
      this.isPosted = false;
      this.answeredAt = this.clock.monotonic();
      const { newest } = this;
      this.newest = undefined;
      if (newest) this.send(newest);
    });
  }
}
