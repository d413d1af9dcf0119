import type { SubscriptionRequest } from '@exchange-stream/market-data';
import type { SubscriptionStore } from './subscription-store.ts';

/** Remembers as long as the process lives. */
export class MemorySubscriptionStore implements SubscriptionStore {
  private saved: readonly SubscriptionRequest[] = [];

  load(): Promise<readonly SubscriptionRequest[]> {
    return Promise.resolve(this.saved);
  }

  save(requests: readonly SubscriptionRequest[]): Promise<void> {
    this.saved = [...requests];
    return Promise.resolve();
  }
}
