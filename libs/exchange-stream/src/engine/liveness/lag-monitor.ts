import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Subscription } from '../subscription/subscription.ts';
import { LagWatch } from './lag-watch.ts';

/** How often the newest row of every subscription is looked at. */
const ROUND_MS = 1_000;

/**
 * Finds the subscriptions of one exchange whose data arrives, but late, as over a line that is narrower than what is sent:
 * it is `stale` until it has caught up. Nothing is asked for again, as that would only add to it.
 */
export class LagMonitor {
  private readonly watches = new WeakMap<Subscription, LagWatch>();
  private timer: Timer | undefined;

  /** @param caughtUp the data is up to date again; a book has to begin anew */
  constructor(
    private readonly clock: Clock,
    private readonly maxLagMs: number,
    private readonly subscriptions: () => Iterable<Subscription>,
    private readonly caughtUp: (subscription: Subscription, reason: string) => void,
  ) {}

  /** Begins to look, as long as anything is on the wire; again, it does nothing. */
  start(): void {
    this.timer ??= this.schedule();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private schedule(): Timer {
    return this.clock.after(ROUND_MS, () => {
      this.timer = this.schedule();
      this.round();
    });
  }

  private round(): void {
    const now = this.clock.monotonic();
    let isAnyOnWire = false;
    // Who is told may subscribe and release.
    for (const subscription of [...this.subscriptions()]) {
      const { state } = subscription;
      if (state !== 'inactive' && state !== 'failed') isAnyOnWire = true;
      this.look(subscription, now);
    }
    if (!isAnyOnWire) this.stop();
  }

  private look(subscription: Subscription, now: number): void {
    const { flow, state } = subscription;
    const { lagMs } = flow;
    if (state !== 'subscribed' || lagMs === undefined) return;
    const watch = this.watches.get(subscription) ?? new LagWatch(this.maxLagMs, lagMs, now);
    this.watches.set(subscription, watch);
    watch.look(flow.received, lagMs, now);
    if (watch.isLate && !flow.presence.isLate)
      flow.presence.fellBehind(`data arrives ${seconds(watch.lateMs)} s late`);
    else if (!watch.isLate && flow.presence.isLate) this.caughtUp(subscription, 'data arrives in time again');
  }
}

const seconds = (durationMs: number): string => (durationMs / 1_000).toFixed(1);
