import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Subscription } from '../subscription/subscription.ts';
import { LagWatch } from './lag-watch.ts';

/** How often the newest row of every subscription is looked at. */
const ROUND_MS = 1_000;

/** A clock that has moved by so much more, or less, than time has passed was set. */
const SET_MS = 500;

/** How often the exchange is asked for its time at most, because data seems late. */
const ASK_EVERY_MS = 60_000;

/** The clock of the exchange, by which data is late or not. */
export interface LagClock {
  /** Milliseconds since the epoch, as far as known; where ours is set, this does not move. */
  steadyNow(): number;
  /** Asks the exchange. */
  refresh(): Promise<boolean>;
}

/**
 * Finds the subscriptions of one exchange whose data arrives, but late, as over a line that is narrower than what is sent:
 * it is `stale` until it has caught up. Nothing is asked for again, as that would only add to it.
 */
export class LagMonitor {
  private watches = new WeakMap<Subscription, LagWatch>();
  /** Rows that came before our clock was set, of those that have no watch. */
  private readonly passed = new WeakMap<Subscription, number>();
  private timer: Timer | undefined;
  /** Of the last round: our clock and the exchange's, each less the time that has passed. */
  private ownLeadMs: number | undefined;
  private exchangeLeadMs: number | undefined;
  private askedAt = -Infinity;

  /** @param caughtUp the data is up to date again; a book has to begin anew */
  constructor(
    private readonly clock: Clock,
    private readonly exchange: LagClock,
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
    const own = this.clock.now();
    const exchange = this.exchange.steadyNow();
    const isOwnSet = isApart(this.ownLeadMs, own - now);
    // What was seen by the old time of the exchange says nothing by the new one.
    if (isApart(this.exchangeLeadMs, exchange - now)) this.watches = new WeakMap();
    this.ownLeadMs = own - now;
    this.exchangeLeadMs = exchange - now;
    let isAnyOnWire = false;
    // Who is told may subscribe and release.
    for (const subscription of [...this.subscriptions()]) {
      const { state } = subscription;
      if (state !== 'inactive' && state !== 'failed') isAnyOnWire = true;
      if (isOwnSet) this.passOver(subscription);
      else this.look(subscription, now, own - exchange);
    }
    if (!isAnyOnWire) this.stop();
  }

  /** Whether its newest row came before or after our clock was set, nobody can tell. */
  private passOver(subscription: Subscription): void {
    const { received } = subscription.flow;
    this.watches.get(subscription)?.passOver(received);
    this.passed.set(subscription, received);
  }

  /** @param aheadMs our clock less that of the exchange */
  private look(subscription: Subscription, now: number, aheadMs: number): void {
    const { flow, state } = subscription;
    if (state !== 'subscribed' || flow.lagMs === undefined) return;
    const lagMs = flow.lagMs - aheadMs;
    let watch = this.watches.get(subscription);
    if (!watch) {
      if (this.passed.get(subscription) === flow.received) return;
      watch = new LagWatch(this.maxLagMs, lagMs, now);
      this.watches.set(subscription, watch);
    }
    watch.look(flow.received, lagMs, now);
    if (watch.isSuspect) this.ask(now);
    if (watch.isLate && !flow.presence.isLate)
      flow.presence.fellBehind(`data arrives ${seconds(watch.lateMs)} s late`);
    else if (!watch.isLate && flow.presence.isLate) this.caughtUp(subscription, 'data arrives in time again');
  }

  /** Perhaps nothing is late and the exchange has set its clock. */
  private ask(now: number): void {
    if (now - this.askedAt < ASK_EVERY_MS) return;
    this.askedAt = now;
    void this.exchange.refresh();
  }
}

function isApart(before: number | undefined, after: number): boolean {
  return before !== undefined && Math.abs(after - before) > SET_MS;
}

const seconds = (durationMs: number): string => (durationMs / 1_000).toFixed(1);
