import type { StoreProblems } from '../control/store-problems.ts';
import type { ReadMetrics } from './read-metrics.ts';

/** What goes wrong with the file of subscriptions. */
export function registerStoreMetrics(metrics: ReadMetrics, problems: StoreProblems): void {
  metrics.counter(
    'subscription_store_problems_total',
    'Problems with the file that remembers subscriptions',
    ['kind'],
    () => problems.entries().map(([kind, count]) => [{ kind }, count]),
  );
}
