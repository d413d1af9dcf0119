/**
 * What the event path has missed.
 * - `no-connection`: a subscription is on a connection that there is not.
 * - `live-without-connection`: its data is live while its connection is not open.
 * - `not-carried`: its connection is there and does not carry its topic.
 * - `out-of-step`: it stands elsewhere than its topic does, or than its market.
 * - `stranded`: it, or a user-defined connection, is wanted, and nobody is about to bring it about.
 * - `unconfirmed`: it was asked for, and neither an answer came nor the deadline for it.
 * - `unseeded`: its book waits for a whole book that nobody asks for.
 * - `overdue`: a connection, or a topic on it, stays where a deadline should have taken it from.
 * - `silent`: what should have been found dead counts as alive.
 * - `unwanted`: a topic, or a connection, that nobody needs is kept.
 */
export type InconsistencyKind =
  | 'no-connection'
  | 'live-without-connection'
  | 'not-carried'
  | 'out-of-step'
  | 'stranded'
  | 'unconfirmed'
  | 'unseeded'
  | 'overdue'
  | 'silent'
  | 'unwanted';

/** Something whose parts contradict each other, or that stands where it cannot stay. */
export interface Inconsistency {
  readonly kind: InconsistencyKind;
  /** Canonical key, where it is about a subscription. */
  readonly subscription?: string;
  /** Id, where it is about a connection; of a user-defined one without any, its exchange and name. */
  readonly connection?: string;
  /** With `connection`: the topic on it that this is about. */
  readonly topic?: string;
  /** In words. */
  readonly found: string;
}

/** What is an inconsistency if it lasts. */
export interface Suspicion extends Inconsistency {
  /** Stays the same as long as nothing moves: what moves is not stuck. */
  readonly mark: string;
  /** For how long it may last; at 0 it may not be at all. */
  readonly lastsMs: number;
}
