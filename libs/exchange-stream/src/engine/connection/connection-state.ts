import type { HandshakeFailure } from './handshake-error.ts';
import type { UndecodableFrame } from './undecodable-frames.ts';

/** Life of one connection, from declared to closed. */
export type ConnectionState =
  'idle' | 'connecting' | 'authenticating' | 'open' | 'draining' | 'waiting' | 'closed';

/** A connection as it stands. All times are milliseconds since the epoch. */
export interface ConnectionView {
  /** `binance/public/1`: exchange, endpoint, number. */
  readonly id: string;
  readonly exchange: string;
  readonly endpoint: string;
  /** The URL last dialled, without credentials. */
  readonly url: string;
  /** Host and port of the proxy last dialled through; absent on the direct way. */
  readonly proxy?: string;
  readonly state: ConnectionState;
  readonly since: number;
  /** Why it is in this state. */
  readonly reason: string;
  /** How the last handshake failed, until one succeeds. */
  readonly failure?: HandshakeFailure;
  /** Connection attempts since it was last healthy. */
  readonly attempts: number;
  /** How often it has come back after it was lost. */
  readonly reconnects: number;
  /** Topics that should be on it. */
  readonly topics: number;
  readonly openedAt?: number;
  readonly lastFrameAt?: number;
  readonly frames: number;
  readonly bytes: number;
  /** The newest frames that could not be decoded, oldest first; absent while there are none. */
  readonly undecodableFrames?: readonly UndecodableFrame[];
}
