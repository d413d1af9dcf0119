import { formatFilter, matchesFilter, type SubscriptionFilter } from '../subscription/subscription-filter.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';
import { isWanted } from './exchange-health.ts';
import { describeSubscription } from './subscription-health.ts';

/** How the subscriptions do that somebody cannot do without. */
export interface CriticalHealth {
  /** What was listed, in words. */
  readonly subscription: string;
  /** `up` when there is at least one such subscription, and all of them are subscribed and live. */
  readonly status: 'up' | 'down';
  /** Why, in words. */
  readonly reason: string;
}

/** Judges what is critical, each entry by itself; one that nobody has subscribed is down. */
export function judgeCritical(
  critical: readonly SubscriptionFilter[],
  subscriptions: readonly SubscriptionView[],
): CriticalHealth[] {
  const wanted = subscriptions.filter(isWanted);
  return critical.map((filter) => {
    const matching = wanted.filter((view) => matchesFilter(filter, view));
    const [first, ...others] = matching.filter(
      ({ state, data }) => state !== 'subscribed' || data !== 'live',
    );
    const subscription = formatFilter(filter);
    if (matching.length === 0) return { subscription, status: 'down', reason: 'nobody has subscribed it' };
    if (!first) return { subscription, status: 'up', reason: `${matching.length} subscribed and live` };
    const more = others.length > 0 ? ` (and ${others.length} more)` : '';
    return { subscription, status: 'down', reason: describeSubscription(first) + more };
  });
}
