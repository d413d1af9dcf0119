import type { Clock, Timer } from '@exchange-stream/market-data';
import { HEARTBEAT_MS, UNSUBSCRIBED_MS } from './kraken.limits.ts';

export interface LivenessActions {
  /** Nothing was sent for a second. */
  beat(): void;
  /** Nothing was subscribed for too long. */
  drop(): void;
}

/** A connection with subscriptions is never silent; one without any does not live long. */
export class KrakenLiveness {
  private activeAt: number;
  private heartbeat: Timer | undefined;
  private deadline: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly actions: LivenessActions,
  ) {
    this.activeAt = clock.monotonic();
    this.expect();
  }

  /** Something was sent. */
  active(): void {
    this.activeAt = this.clock.monotonic();
  }

  /** Something is subscribed. */
  subscribed(): void {
    this.deadline?.cancel();
    this.deadline = undefined;
    if (this.heartbeat === undefined) this.watch(HEARTBEAT_MS);
  }

  /** Nothing is subscribed, and something should be before long. */
  expect(): void {
    this.heartbeat?.cancel();
    this.heartbeat = undefined;
    this.deadline ??= this.clock.after(UNSUBSCRIBED_MS, () => this.actions.drop());
  }

  /** Nothing is subscribed, nor can be. */
  stop(): void {
    this.heartbeat?.cancel();
    this.deadline?.cancel();
    this.heartbeat = this.deadline = undefined;
  }

  private watch(forMs: number): void {
    this.heartbeat = this.clock.after(forMs, () => {
      const idleMs = this.clock.monotonic() - this.activeAt;
      this.watch(idleMs < HEARTBEAT_MS ? HEARTBEAT_MS - idleMs : HEARTBEAT_MS);
      if (idleMs >= HEARTBEAT_MS) this.actions.beat();
    });
  }
}
