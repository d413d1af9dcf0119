import type { Clock, Timer } from '@exchange-stream/market-data';
import { afterAwake } from '../liveness/awake-timer.ts';

/** The longest silence that is waited out, whatever was seen before. */
const MAX_PATIENCE_MS = 3_600_000;

/** How many times the longest pause seen may pass before a silence counts as one. */
const PAUSES = 3;

/** What is left of the longest pause with every row: a market that has become busy forgets within a hundred rows. */
const MEMORY = 0.95;

/**
 * Watches that data comes over an open connection. Pings only prove that the other end lives; an exchange that has
 * forgotten what we asked for still answers them. Silence may also be a quiet market, so the patience follows the pauses
 * that ended by themselves, and doubles each time that a fresh connection brought nothing either.
 */
export class TrafficWatch {
  private timer: Timer | undefined;
  private silentSince = 0;
  private lastData: number | undefined;
  private longestPauseMs = 0;
  private inVain = 0;

  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    /** The market always moves: the timeout is all the patience there is. */
    private readonly isSteady: boolean,
    /** Returns whether data was to be expected at all; if not, the watch begins anew. */
    private readonly silent: (reason: string) => boolean,
  ) {}

  /** A fresh socket is open. */
  start(): void {
    this.stop();
    this.silentSince = this.clock.monotonic();
    this.watch(0);
  }

  /** Data has come. @param now by the monotonic clock */
  traffic(now: number): void {
    // Counted across reconnects: what comes long after one would have come on the old connection just as well.
    const pauseMs = this.lastData === undefined ? 0 : now - this.lastData;
    this.longestPauseMs = Math.max(pauseMs, this.longestPauseMs * MEMORY);
    this.lastData = this.silentSince = now;
    this.inVain = 0;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private get patienceMs(): number {
    if (this.isSteady) return this.timeoutMs;
    const patienceMs =
      Math.max(this.timeoutMs, PAUSES * this.longestPauseMs) * 2 ** Math.min(this.inVain, 20);
    return Math.max(this.timeoutMs, Math.min(MAX_PATIENCE_MS, patienceMs));
  }

  /**
   * One timer instead of one per frame; it looks again at least once in the shortest patience, which may hold by then. Time
   * in which the process was blocked counts for nothing.
   */
  private watch(blockedMs: number, isSecondLook = false): void {
    const now = this.clock.monotonic();
    this.silentSince = Math.min(now, this.silentSince + blockedMs);
    const { patienceMs } = this;
    const untilSilent = this.silentSince + patienceMs - now;
    if (untilSilent > 0) {
      const waitMs = Math.min(untilSilent, this.timeoutMs);
      this.timer = afterAwake(this.clock, waitMs, (blocked) => this.watch(blocked));
      return;
    }
    if (!isSecondLook || blockedMs > 0) {
      // What waits at the socket is read before the second look.
      this.timer = afterAwake(this.clock, 0, (blocked) => this.watch(blocked, true));
      return;
    }
    if (this.silent(`no data for ${Math.round(patienceMs)} ms`)) this.inVain++;
    else this.start();
  }
}
