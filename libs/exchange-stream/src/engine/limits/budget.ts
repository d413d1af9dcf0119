/**
 * Who goes first where several wait: what keeps a connection alive, then what takes off the exchange's hands (cancels,
 * unsubscribes), then subscribes, then the rest.
 */
export const LANES = ['heartbeat', 'cancel', 'subscribe', 'other'] as const;

export type Lane = (typeof LANES)[number];

/** How much of what an exchange allows is used at this moment. */
export interface BudgetUse {
  /** Part of the safe limit that is used, of the fullest window: from 0 to 1. */
  readonly used: number;
  /** Requests that wait until there is room. */
  readonly waiting: number;
}

/** The right to do something that the exchange counts. */
export interface Budget {
  /**
   * Calls `grant` as soon as every limit behind the budget allows so much weight, at once if they do now. Within a lane,
   * first come, first served. A weight above a limit counts as the limit.
   * Returns a function that gives up waiting and leaves the place to the next; after the grant it does nothing.
   */
  request(weight: number, lane: Lane, grant: () => void): () => void;
  /** Part of it that is used, of the fullest window: from 0 to 1. Left out where that cannot be told at once. */
  used?(): number;
  /**
   * How long a request that came now would wait at least, in milliseconds: longer if others come before it in a better
   * lane. Left out where that cannot be told at once.
   */
  waitMs?(weight: number, lane: Lane): number;
}

/** The right to send messages over one connection. */
export interface MessageBudget extends Budget {
  /**
   * The same for messages of a kind that has a limit of its own beside that of all.
   * @throws InvalidOptionsError for a kind that the endpoint does not limit
   */
  ofKind(name: string): Budget;
}
