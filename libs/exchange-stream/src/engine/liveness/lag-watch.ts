/** Rounds with late rows before it counts: who was blocked for a moment has caught up by then. */
const LATE_ROUNDS = 3;

/** Below this share of the bound it counts as in time again, so that the border is not crossed to and fro. */
const IN_TIME_SHARE = 0.5;

/** By how much of the time that passes two clocks may drift apart: more than those of computers do. */
const DRIFT = 1e-4;

/** Rows of one round may have come at its two ends. */
const SLACK_MS = 2_000;

/**
 * How late the rows of one subscription arrive. Two clocks are compared that nobody has set to each other, so that only
 * the rise over the smallest difference seen counts. Rows come in order: the difference cannot rise faster than time
 * passes, and where it does, a clock was set.
 */
export class LagWatch {
  private received = -1;
  private least: number;
  private rounds = 0;
  private late = false;

  /** @param lagMs by how much the newest row is younger here than there; may be negative */
  constructor(
    private readonly maxLagMs: number,
    private lagMs: number,
    private lookedAt: number,
  ) {
    this.least = lagMs;
  }

  /** Whether rows arrive too late. */
  get isLate(): boolean {
    return this.late;
  }

  /** Whether the newest row came too late, whether that counts yet or not. */
  get isSuspect(): boolean {
    return this.rounds > 0;
  }

  /** How late the newest row was. */
  get lateMs(): number {
    return this.lagMs - this.least;
  }

  /** The rows so far say nothing any more. */
  passOver(received: number): void {
    this.received = received;
  }

  /**
   * Looks at the newest row.
   * @param received how many rows there were, to know whether it is a new one
   * @param nowMs monotonic
   */
  look(received: number, lagMs: number, nowMs: number): void {
    if (received === this.received) return;
    const elapsedMs = nowMs - this.lookedAt;
    const riseMs = lagMs - this.lagMs;
    if (riseMs > elapsedMs + SLACK_MS) this.least += riseMs;
    this.least = Math.min(this.least + elapsedMs * DRIFT, lagMs);
    this.received = received;
    this.lagMs = lagMs;
    this.lookedAt = nowMs;
    this.judge();
  }

  private judge(): void {
    if (this.lateMs > this.maxLagMs) {
      if (++this.rounds >= LATE_ROUNDS) this.late = true;
      return;
    }
    this.rounds = 0;
    if (this.lateMs <= this.maxLagMs * IN_TIME_SHARE) this.late = false;
  }
}
