import type { SubscriptionCounters } from '../subscription/subscription-state.ts';

/** What has become of the rows of one flow; its book and its account know the rest. */
export type FlowCounts = {
  -readonly [
    count in 'received' | 'delivered' | 'conflated' | 'rejected' | 'dropped' | 'lost' | 'gaps'
  ]: SubscriptionCounters[count];
};

export function noFlowCounts(): FlowCounts {
  return { received: 0, delivered: 0, conflated: 0, rejected: 0, dropped: 0, lost: 0, gaps: 0 };
}
