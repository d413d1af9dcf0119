/** What a request is for; `other`: a message of the user's own. */
export type RequestPurpose = 'login' | 'subscribe' | 'unsubscribe' | 'flags' | 'other';

/**
 * How a request ended. `answered`: every answer has come. `refused`: the exchange said no. `timeout`: its deadline passed.
 * `cancelled`: nobody waits any more. `lost`: its connection went, or was closed. `failed`: its own code threw.
 */
export type RequestEnding = 'answered' | 'refused' | 'timeout' | 'cancelled' | 'lost' | 'failed';

/** How one request went. */
export interface RequestReport {
  readonly exchange: string;
  /** Id of the connection. */
  readonly connection: string;
  readonly purpose: RequestPurpose;
  readonly ending: RequestEnding;
  /** Answers that have come. */
  readonly replies: number;
  /** Milliseconds until it left: the wait for the message budgets. For one that has not left, until its end. */
  readonly limiterMs: number;
  /** Milliseconds from there to its end; undefined for one that has not left. */
  readonly wireMs?: number;
}

/** Is told of every request when it has ended. */
export type RequestReporter = (report: RequestReport) => unknown;
