import type { Refusal } from '../../contract/index.ts';
import type { Reply } from './match.ts';

/** What was known of a request when it failed. */
export interface RequestState {
  /** Whether its frame has left: then the exchange may have done what it asks. True where answers were only expected. */
  readonly wasSent: boolean;
  /** The answers that had come. */
  readonly replies: readonly Reply[];
}

/** A request that has not had all of its answers. */
abstract class RequestError extends Error implements RequestState {
  abstract readonly code: string;
  readonly wasSent: boolean;
  /** Frames of the exchange as they came, which may quote a login: who prints the error in passing shows none. */
  readonly #replies: readonly Reply[];

  constructor(
    /** Id of the connection. */
    readonly connection: string,
    message: string,
    { wasSent, replies }: RequestState,
  ) {
    super(message);
    this.wasSent = wasSent;
    this.#replies = replies;
  }

  get replies(): readonly Reply[] {
    return this.#replies;
  }
}

/** The answers did not come in time. What came is handed over in `replies`. */
export class RequestTimeoutError extends RequestError {
  readonly code = 'REQUEST_TIMEOUT';

  constructor(
    connection: string,
    readonly deadlineMs: number,
    state: RequestState,
  ) {
    const what = state.wasSent
      ? `The exchange has not answered within ${deadlineMs} ms (answers so far: ${state.replies.length}); it may have done what was asked`
      : `The request waited for its turn for ${deadlineMs} ms and was not sent`;
    super(connection, `Connection ${connection}: ${what}.`, state);
    this.name = 'RequestTimeoutError';
  }
}

/** The exchange has refused. */
export class RequestRefusedError extends RequestError {
  readonly code = 'REQUEST_REFUSED';

  constructor(
    connection: string,
    readonly refusal: Refusal,
    state: RequestState,
  ) {
    super(connection, `Connection ${connection}: the exchange refused: ${refusal.message}`, state);
    this.name = 'RequestRefusedError';
  }
}

/** The connection went before every answer had come, or pauses. Where `wasSent`, ask the exchange what became of it. */
export class RequestLostError extends RequestError {
  readonly code = 'REQUEST_LOST';

  constructor(
    connection: string,
    readonly reason: string,
    state: RequestState,
  ) {
    const what = state.wasSent
      ? 'the exchange may have done what was asked; find out before asking again'
      : 'the request was not sent; ask again once the connection is open';
    super(connection, `Connection ${connection} is gone (${reason}): ${what}.`, state);
    this.name = 'RequestLostError';
  }
}

/** A request under a key for which another one waits on the same connection. Nothing was sent. */
export class DuplicateRequestError extends Error {
  readonly code = 'DUPLICATE_REQUEST';

  constructor(
    readonly connection: string,
    readonly key: string,
  ) {
    super(
      `Connection ${connection}: a request with the key ${JSON.stringify(key.slice(0, 64))} already waits for its answer. Take another id.`,
    );
    this.name = 'DuplicateRequestError';
  }
}

/** As many requests wait for their answers as a connection takes. Nothing was sent. */
export class PendingRequestsError extends Error {
  readonly code = 'PENDING_REQUESTS';

  constructor(
    readonly connection: string,
    readonly limit: number,
  ) {
    super(
      `Connection ${connection}: ${limit} requests wait for their answers, which is the most (tuning.pendingRequests). Ask again when some are answered.`,
    );
    this.name = 'PendingRequestsError';
  }
}
