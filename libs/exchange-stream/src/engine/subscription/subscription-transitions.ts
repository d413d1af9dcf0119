import type { SubscriptionState } from './subscription-state.ts';

/** Where a subscription may go from each state. To stay, with another reason, is always allowed. */
const NEXT: Readonly<Record<SubscriptionState, readonly SubscriptionState[]>> = {
  // Confirmed before its exchange was disabled, it can only be asked for anew.
  inactive: ['subscribing', 'resubscribing', 'failed', 'unsubscribed'],
  subscribing: ['subscribed', 'failed', 'unsubscribing', 'unsubscribed', 'inactive'],
  // Confirmed once, it can only be asked for anew: `subscribing` never comes back.
  subscribed: ['resubscribing', 'failed', 'unsubscribing', 'unsubscribed', 'inactive'],
  resubscribing: ['subscribed', 'failed', 'unsubscribing', 'unsubscribed', 'inactive'],
  unsubscribing: ['unsubscribed'],
  // Another holder may try again.
  failed: ['subscribing', 'resubscribing', 'unsubscribed', 'inactive'],
  unsubscribed: [],
};

export function isLegalTransition(from: SubscriptionState, to: SubscriptionState): boolean {
  return from === to || NEXT[from].includes(to);
}
