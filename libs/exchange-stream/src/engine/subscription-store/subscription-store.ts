import type { SubscriptionRequest } from '@exchange-stream/market-data';

/**
 * Remembers which subscriptions are wanted beyond the end of the process. Whole lists in, whole lists out: what could not
 * be saved this time is part of the next list, so that nobody keeps account of what is still missing.
 */
export interface SubscriptionStore {
  /** What was saved last; nothing at first. Asked once, before the first `save`. */
  load(): Promise<readonly SubscriptionRequest[]>;
  /**
   * Replaces what was saved. Settles when this list or a later one has been tried; a list that cannot be saved is
   * reported by the store and rejects nothing: a full disk must not end what runs well.
   */
  save(requests: readonly SubscriptionRequest[]): Promise<void>;
}
