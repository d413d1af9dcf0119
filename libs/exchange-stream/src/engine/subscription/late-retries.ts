import type { Clock, Random, Timer } from '@exchange-stream/market-data';
import { Backoff } from '../connection/backoff.ts';
import type { Subscription } from './subscription.ts';

const SHORTEST_MS = 30_000;
const FIRST_BOUND_MS = 60_000;
const LAST_BOUND_MS = 900_000;

interface Retry {
  readonly backoff: Backoff;
  /** Acks when it failed last: one more since, and it begins anew. */
  acks: number;
  timer: Timer | undefined;
}

/** Asks once more, minutes later, for what failed for a reason that may pass: an exchange that answers nothing will. */
export class LateRetries {
  private readonly retries = new Map<Subscription, Retry>();

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly retry: (subscription: Subscription) => void,
  ) {}

  /** Returns in how many milliseconds it will be asked for again. */
  schedule(subscription: Subscription): number {
    const retry = this.retryOf(subscription);
    if (retry.acks !== subscription.acks) retry.backoff.reset();
    retry.acks = subscription.acks;
    retry.timer?.cancel();
    const delayMs = retry.backoff.next(SHORTEST_MS);
    retry.timer = this.clock.after(delayMs, () => {
      retry.timer = undefined;
      this.retry(subscription);
    });
    return delayMs;
  }

  /** Whether it is about to be asked for again. */
  isScheduled(subscription: Subscription): boolean {
    return this.retries.get(subscription)?.timer !== undefined;
  }

  forget(subscription: Subscription): void {
    this.retries.get(subscription)?.timer?.cancel();
    this.retries.delete(subscription);
  }

  stop(): void {
    for (const subscription of [...this.retries.keys()]) this.forget(subscription);
  }

  private retryOf(subscription: Subscription): Retry {
    let retry = this.retries.get(subscription);
    if (!retry) {
      const backoff = new Backoff(FIRST_BOUND_MS, LAST_BOUND_MS, this.random);
      retry = { backoff, acks: subscription.acks, timer: undefined };
      this.retries.set(subscription, retry);
    }
    return retry;
  }
}
