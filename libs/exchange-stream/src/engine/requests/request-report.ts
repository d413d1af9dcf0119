/** What a request is for; `rest`: a request by HTTP, `other`: a message of the user's own. */
export type RequestPurpose = 'login' | 'subscribe' | 'unsubscribe' | 'flags' | 'rest' | 'other';

/**
 * How a request ended. `answered`: every answer has come. `refused`: the exchange said no. `timeout`: its deadline passed.
 * `cancelled`: nobody waits any more. `lost`: its connection went, or was closed; by HTTP, no answer came. `failed`: its own
 * code threw, or it could not be sent.
 */
export type RequestEnding = 'answered' | 'refused' | 'timeout' | 'cancelled' | 'lost' | 'failed';

/** How one request went. */
export interface RequestReport {
  readonly exchange: string;
  /** Id of the connection; `binance/rest` of all requests by HTTP. */
  readonly connection: string;
  /** Of a request by HTTP: method and path, without its query. */
  readonly path?: string;
  readonly purpose: RequestPurpose;
  readonly ending: RequestEnding;
  /** Answers that have come. */
  readonly replies: number;
  /** Milliseconds until it left: the wait for the message budgets. For one that has not left, until its end. */
  readonly limiterMs: number;
  /** Milliseconds from there to its end; undefined for one that has not left. */
  readonly wireMs?: number;
}

/** Is told of every request when it has ended; of one by HTTP each time that it is sent. */
export type RequestReporter = (report: RequestReport) => unknown;
