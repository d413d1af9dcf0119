import type { LoginState } from '../credentials/login-state.ts';
import type { HandshakeFailureKind } from './handshake-error.ts';
import type { UndecodableFrame } from './undecodable-frames.ts';

/** Life of one connection, from declared to closed. */
export type ConnectionState =
  'idle' | 'connecting' | 'authenticating' | 'open' | 'draining' | 'waiting' | 'closed';

/**
 * How a handshake failed, the login behind it, or before it the question where to dial (`url`: the function that knows
 * the URL did not answer, or with none); for programs.
 */
export interface ConnectionFailure {
  readonly kind: HandshakeFailureKind | 'login' | 'url';
  /** HTTP status, with `http-status`. */
  readonly status?: number;
  /** The exchange's own code for the refusal, with `login`, where it gave one. */
  readonly code?: string;
}

/** A connection as it stands. All times are milliseconds since the epoch. */
export interface ConnectionView {
  /** `binance/public/1`: exchange, endpoint, number. */
  readonly id: string;
  readonly exchange: string;
  readonly endpoint: string;
  /** Whose connection it is, where it logs in: the name of the account. */
  readonly account?: string;
  /** How far its login has come, where it logs in. */
  readonly login?: LoginState;
  /** The URL last dialled, without credentials. */
  readonly url: string;
  /** Host and port of the proxy last dialled through; absent on the direct way. */
  readonly proxy?: string;
  readonly state: ConnectionState;
  readonly since: number;
  /** Why it is in this state. */
  readonly reason: string;
  /** How the last attempt failed, until one succeeds. */
  readonly failure?: ConnectionFailure;
  /** Connection attempts since it was last healthy. */
  readonly attempts: number;
  /** How often it has come back after it was lost. */
  readonly reconnects: number;
  /** Topics that should be on it. */
  readonly topics: number;
  readonly openedAt?: number;
  readonly lastFrameAt?: number;
  /** How long the last ping took to be answered, on the present socket. */
  readonly roundTripMs?: number;
  /** The longest that one took there. */
  readonly roundTripMaxMs?: number;
  readonly frames: number;
  readonly bytes: number;
  /** The newest frames that could not be decoded, oldest first; absent while there are none. */
  readonly undecodableFrames?: readonly UndecodableFrame[];
}
