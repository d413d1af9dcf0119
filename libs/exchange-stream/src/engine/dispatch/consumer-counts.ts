/**
 * What has become of the events for one consumer: `received` is always the sum of `delivered`, `conflated`, `lost`,
 * `abandoned` and what waits. Status events count like data; what a consumer is given in place of lost events counts too.
 */
export interface ConsumerCounts {
  received: number;
  /** Handed to the handler or loop, those included on which it failed. */
  delivered: number;
  /** Became one with a newer event before the consumer was ready, as its policy says. */
  conflated: number;
  /** Given up because too many waited; the consumer is told of each with a `gap`. */
  lost: number;
  /** Waited when the consumer left. */
  abandoned: number;
  /** Of those delivered: the handler threw, or the promise that it returned was rejected. */
  failed: number;
}

export function noCounts(): ConsumerCounts {
  return { received: 0, delivered: 0, conflated: 0, lost: 0, abandoned: 0, failed: 0 };
}

/** What slow consumers of an exchange have missed, over all of them, gone ones included. */
export type ConsumerLosses = Pick<ConsumerCounts, 'conflated' | 'lost' | 'abandoned'>;
