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

/** What was granted, for somebody who has something to do before he can use it. */
export interface Grant {
  /**
   * It is used at this moment, and counts from now on. Returns false where that cannot be: so much time has passed that it
   * has gone to others, or the exchange has told us to stop meanwhile. It is given back then, and has to be asked for anew.
   */
  useNow(): boolean;
  /** It is not used: who comes next may have it. */
  giveBack(): void;
}

/** The right to do something that the exchange counts. */
export interface Budget {
  /**
   * Calls `grant` as soon as every limit behind the budget allows so much weight, at once if they do now. Within a lane,
   * first come, first served. A weight above a limit counts as the limit.
   * What is granted counts from that moment on, unless who has it says otherwise.
   * Returns a function that gives up waiting and leaves the place to the next; after the grant it does nothing.
   */
  request(weight: number, lane: Lane, grant: (granted?: Grant) => void): () => void;
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
