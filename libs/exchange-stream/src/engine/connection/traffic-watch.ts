import type { Clock, Timer } from '@exchange-stream/market-data';

/** The longest silence that is waited out, however often reconnecting did not help. */
const MAX_PATIENCE_MS = 3_600_000;

/**
 * Watches that data comes over an open connection. Pings only prove that the other end lives; an exchange that has
 * forgotten what we asked for still answers them. A silent connection is given up, and as silence may also be a quiet
 * market, each time in vain doubles the patience, until data flows again.
 */
export class TrafficWatch {
  private timer: Timer | undefined;
  private lastTraffic = 0;
  private patienceMs: number;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly silent: (reason: string) => void,
  ) {
    this.patienceMs = timeoutMs;
  }

  start(): void {
    this.lastTraffic = this.clock.monotonic();
    this.watch();
  }

  /** Data has come. */
  traffic(): void {
    this.lastTraffic = this.clock.monotonic();
    if (this.patienceMs === this.timeoutMs) return;
    this.patienceMs = this.timeoutMs;
    this.stop();
    this.watch();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** One timer, set anew for the rest of the time, instead of one per frame. */
  private watch(): void {
    const untilSilent = this.lastTraffic + this.patienceMs - this.clock.monotonic();
    if (untilSilent > 0) {
      this.timer = this.clock.after(untilSilent, () => this.watch());
      return;
    }
    const reason = `no data for ${this.patienceMs} ms`;
    this.patienceMs = Math.min(MAX_PATIENCE_MS, this.patienceMs * 2);
    this.silent(reason);
  }
}
