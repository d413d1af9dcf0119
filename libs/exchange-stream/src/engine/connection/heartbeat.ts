import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Heartbeat } from '../../contract/index.ts';

/** Watches that an open socket lives: any traffic proves it, a ping asks for proof where that is ours to do. */
export class HeartbeatWatch {
  private timer: Timer | undefined;
  private lastTraffic = 0;

  constructor(
    private readonly clock: Clock,
    private readonly heartbeat: Heartbeat,
    private readonly ping: () => void,
    /** There was no sign of life until the deadline. */
    private readonly silent: (reason: string) => void,
  ) {}

  start(): void {
    this.traffic();
    this.watch();
  }

  traffic(): void {
    this.lastTraffic = this.clock.monotonic();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** One timer, set anew for the rest of the deadline, instead of one per frame. */
  private watch(): void {
    const { sender, intervalMs, deadlineMs } = this.heartbeat;
    const silentMs = this.clock.monotonic() - this.lastTraffic;
    if (silentMs >= deadlineMs) return this.silent(`no sign of life for ${deadlineMs} ms`);
    if (sender === 'client' && silentMs >= intervalMs) this.ping();
    const untilDeadline = deadlineMs - silentMs;
    const wait = sender === 'client' ? Math.min(intervalMs, untilDeadline) : untilDeadline;
    this.timer = this.clock.after(wait, () => this.watch());
  }
}
