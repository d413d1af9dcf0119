import type { Clock, Timer } from '@exchange-stream/market-data';
import type { Subscription } from '../subscription/subscription.ts';
import { SilenceWatch } from './silence-watch.ts';

/** How often all subscriptions of an exchange are looked at; a silence is found out so much late at most. */
const ROUND_MS = 1_000;

/** How a silent subscription is helped. */
export interface SilenceRemedies {
  /** Asks for its topic again, where it is. */
  renew(subscription: Subscription, reason: string): void;
  /** Takes it to another connection. */
  move(subscription: Subscription): void;
}

interface Silent {
  readonly watch: SilenceWatch;
  readonly reason: string;
}

/**
 * Finds the topics of one exchange that are silent although their connection lives, tells their consumers, and has them
 * asked for again: first where they are, then, within the same hour, on another connection.
 *
 * One timer for all of them. Time is counted in rounds that came when they should: what passes while the process is
 * blocked, or asleep, is held against nobody.
 */
export class LivenessMonitor {
  private readonly symbols = new Map<string, SilenceWatch[]>();
  /** Those that can be found silent; without any there is no timer. */
  private judged = 0;
  private timer: Timer | undefined;
  private lastRoundAt = 0;
  private attendedMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly remedies: SilenceRemedies,
  ) {}

  /** Watches a placed subscription from now on; again, it does nothing. */
  watch(subscription: Subscription): void {
    const { place, request } = subscription;
    const watches = this.symbols.get(request.symbol) ?? [];
    if (!place || watches.some((watch) => watch.subscription === subscription)) return;
    const watch = new SilenceWatch(subscription, place);
    this.symbols.set(request.symbol, [...watches, watch]);
    if (watch.canBeSilent && this.judged++ === 0) this.begin();
  }

  forget(subscription: Subscription): void {
    const { symbol } = subscription.request;
    const watches = this.symbols.get(symbol) ?? [];
    const gone = watches.find((watch) => watch.subscription === subscription);
    if (!gone) return;
    if (watches.length === 1) this.symbols.delete(symbol);
    else
      this.symbols.set(
        symbol,
        watches.filter((watch) => watch !== gone),
      );
    if (gone.canBeSilent && --this.judged === 0) this.stop();
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private begin(): void {
    this.lastRoundAt = this.clock.monotonic();
    this.schedule();
  }

  private schedule(): void {
    this.timer = this.clock.after(ROUND_MS, () => {
      this.schedule();
      this.round();
    });
  }

  private round(): void {
    const now = this.clock.monotonic();
    const lateMs = now - this.lastRoundAt - ROUND_MS;
    this.lastRoundAt = now;
    // The process was busy elsewhere: what came meanwhile may not even be read yet.
    if (lateMs > ROUND_MS) return;
    this.attendedMs += ROUND_MS;
    // All are told before any is helped: those who share a topic are silent together.
    for (const { watch, reason } of this.findSilent(now)) this.help(watch, reason, now);
  }

  private findSilent(now: number): Silent[] {
    const silent: Silent[] = [];
    for (const watches of this.symbols.values()) {
      for (const watch of watches) watch.look(now);
      for (const watch of watches) {
        if (!watch.canBeSilent) continue;
        const reason = watch.judge(this.attendedMs, watches);
        if (reason !== undefined) silent.push({ watch, reason });
      }
    }
    for (const { watch, reason } of silent) {
      if (!watch.subscription.flow.presence.isSilent) watch.subscription.fellSilent(reason);
    }
    return silent;
  }

  private help(watch: SilenceWatch, reason: string, now: number): void {
    const { subscription, allowance } = watch;
    // Somebody whom the news reached has let go of it.
    if (subscription.state !== 'subscribed') return;
    const use = allowance.take(now);
    if (use === undefined) {
      if (watch.isOutOfAllowance) return;
      watch.isOutOfAllowance = true;
      const minutes = Math.ceil(allowance.waitMs(now) / 60_000);
      subscription.remainsSilent(`${reason}; asking again did not help, the next try is in ${minutes} min`);
      return;
    }
    watch.isOutOfAllowance = false;
    subscription.countResubscribe();
    if (use === 1) this.remedies.renew(subscription, reason);
    else this.remedies.move(subscription);
  }
}
