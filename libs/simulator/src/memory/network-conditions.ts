import type { Clock } from '@exchange-stream/market-data';
import type { HandshakeRefusal } from '../simulated-exchange.ts';

/** The weather of one memory transport, read at every delivery. */
export interface NetworkConditions {
  readonly clock: Clock;
  /** Time a message takes each way at least, in milliseconds. */
  readonly latencyMs: number;
  /** Time the next message takes, in milliseconds. On one connection none overtakes the one before. */
  delayMs(): number;
  /** Whether new connections and requests are refused. */
  readonly refusing: boolean;
  /** Whether new connections and requests vanish without an answer. */
  readonly frozen: boolean;
  /** As `frozen`, while open connections live on. */
  readonly hanging: boolean;
  /** Whether names have addresses. */
  readonly resolving: boolean;
  /** What a proxy in between answers to new connections and requests, in place of the exchange. */
  readonly intercepted: HandshakeRefusal | undefined;
  /** Whether the pongs of clients arrive. */
  readonly answersPings: boolean;
}

/** All memory clients live on one machine. */
export const MEMORY_ADDRESS = 'memory';
