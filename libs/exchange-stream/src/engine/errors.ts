/** A request that cannot be met as it stands; the message says what would work. */
export class SubscriptionRequestError extends Error {
  constructor(
    /** What is wrong, for programs. */
    readonly code:
      'UNKNOWN_EXCHANGE' | 'UNSUPPORTED_CHANNEL' | 'UNKNOWN_SYMBOL' | 'INVALID_PARAMETER' | 'CONFLICT',
    message: string,
  ) {
    super(message);
    this.name = 'SubscriptionRequestError';
  }
}

/** An operation on something that has been closed. */
export class ClosedError extends Error {
  readonly code = 'CLOSED';

  constructor(what: string) {
    super(`${what} is closed.`);
    this.name = 'ClosedError';
  }
}

/** Options that cannot work; the message names the key, what came, and what is allowed. */
export class InvalidOptionsError extends Error {
  readonly code = 'INVALID_OPTIONS';

  constructor(message: string) {
    super(message);
    this.name = 'InvalidOptionsError';
  }
}

/** Thrown by the login of a user-defined connection that may do better next time: it is tried again after a wait. */
export class TemporaryLoginError extends Error {
  readonly temporary = true;

  constructor(
    message: string,
    /** The exchange's own code, where it gave one; shown, other than the message. */
    readonly code?: string,
  ) {
    super(message);
    this.name = 'TemporaryLoginError';
  }
}

/** A call that is not made, because there are no credentials for it that the exchange would take. Shows nothing of them. */
export class CredentialsError extends Error {
  readonly code = 'CREDENTIALS';

  constructor(
    message: string,
    /** They could not be had this time; otherwise nothing changes until others are set. */
    readonly temporary: boolean,
  ) {
    super(message);
    this.name = 'CredentialsError';
  }
}

/** A frame that cannot be sent, or has not left: its connection is not open, or closed before. */
export class ConnectionClosedError extends Error {
  readonly code = 'CONNECTION_CLOSED';

  constructor(readonly connection: string) {
    super(`Connection ${connection} is not open. Send again once its state is "open".`);
    this.name = 'ConnectionClosedError';
  }
}

/** What was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Its words. */
export function messageOf(thrown: unknown): string {
  return asError(thrown).message;
}

/** Its kind alone: the words of a user's code may quote what must not be shown. */
export function kindOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown;
}
