import type { ConnectionView } from '../connection/connection-state.ts';
import type { SubscriptionView } from '../subscription/subscription-state.ts';

/** What the event path has missed. */
export type InconsistencyKind = 'no-connection' | 'live-without-connection';

/** A subscription whose parts contradict each other. */
export interface Inconsistency {
  readonly kind: InconsistencyKind;
  /** Canonical key. */
  readonly subscription: string;
  /** In words. */
  readonly found: string;
}

/** Where the connections and subscriptions of one exchange contradict each other; changes nothing. */
export function audit(
  connections: readonly ConnectionView[],
  subscriptions: readonly SubscriptionView[],
): Inconsistency[] {
  const byId = new Map(connections.map((connection) => [connection.id, connection]));
  return subscriptions.flatMap((view): Inconsistency[] => {
    const { key, state, data, connection: id } = view;
    if (state !== 'subscribing' && state !== 'resubscribing' && state !== 'subscribed') return [];
    const connection = id === undefined ? undefined : byId.get(id);
    if (!connection) {
      const found = `it is ${state} on ${id ?? 'no connection'}, which there is not`;
      return [{ kind: 'no-connection', subscription: key, found }];
    }
    // One that drains delivers to its end.
    if (data !== 'live' || connection.state === 'open' || connection.state === 'draining') return [];
    const found = `its data is live while ${connection.id} is ${connection.state}`;
    return [{ kind: 'live-without-connection', subscription: key, found }];
  });
}
