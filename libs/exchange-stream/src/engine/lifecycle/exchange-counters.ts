import type { Channel } from '@exchange-stream/market-data';
import type { HandshakeFailureKind } from '../connection/handshake-error.ts';
import type { RotationOutcome } from '../connection/rotation/rotation.ts';
import type { LoginCounts } from '../credentials/login-state.ts';
import type { ConsumerLosses } from '../dispatch/consumer-counts.ts';
import type { BookBreakKind } from '../integrity/book-break.ts';
import type { RequestEnding, RequestPurpose } from '../requests/request-report.ts';
import type { DurationCounts } from './duration-counts.ts';

/** How an attempt to connect ended. */
export type ConnectOutcome = 'open' | HandshakeFailureKind | 'other';

/** The close codes that are told apart. */
export type CloseCode = (typeof CLOSE_CODES)[number] | 'other';

/** The requests of one purpose. */
export interface RequestCounts {
  /** How they ended. */
  readonly endings: Readonly<Record<RequestEnding, number>>;
  /** How long they waited for the message budgets, those too that never left. */
  readonly limiter: DurationCounts;
  /** How long the answered and refused ones waited from there to their last answer. */
  readonly wire: DurationCounts;
}

/** Codes of RFC 6455, 7.4.1 and of IANA's registry that exchanges use. */
export const CLOSE_CODES = [
  '1000',
  '1001',
  '1002',
  '1005',
  '1006',
  '1008',
  '1009',
  '1011',
  '1012',
  '1013',
] as const;

/** What one exchange has sent since the start. */
export interface ExchangeCounters {
  readonly frames: number;
  readonly bytes: number;
  /** Messages sent to the exchange; pings of the WebSocket protocol are none. */
  readonly messagesSent: number;
  /** Attempts to connect, by how they ended. */
  readonly connects: Readonly<Record<ConnectOutcome, number>>;
  /** Logins of connections, by how they ended. */
  readonly logins: LoginCounts;
  /** Open connections that were lost. */
  readonly losses: number;
  /** Closes of sockets by code; codes beyond the usual ones together under `other`. */
  readonly closes: Readonly<Record<CloseCode, number>>;
  /** Messages whose answers were awaited, by what they were for. */
  readonly requests: Readonly<Record<RequestPurpose, RequestCounts>>;
  /** Books from REST. */
  readonly seeds: { readonly loaded: number; readonly failed: number };
  /** Books built anew, and those of them that had to wait, as theirs had been built anew too often within a minute. */
  readonly bookResyncs: { readonly begun: number; readonly delayed: number };
  /** Times that the instruments could not be loaded. */
  readonly instrumentFailures: number;
  /** Times that somebody who listens to the data has thrown, or that the promise returned was rejected. */
  readonly consumerFailures: number;
  /** Times that the promise of a handler was open for longer than `tuning.consumerDeadlineMs`. */
  readonly overdueConsumers: number;
  /** Events that consumers were too slow for, by what became of them. */
  readonly consumers: Readonly<ConsumerLosses>;
  readonly illegalTransitions: number;
  /** Contradictions that the scheduled check found and mended. */
  readonly inconsistencies: number;
  readonly reconnects: number;
  /** Times that the exchange has paused on a connection. */
  readonly pauses: number;
  /** Planned changes of connections, by what became of them. */
  readonly rotations: Readonly<Record<RotationOutcome, number>>;
  /** Topics that fell silent on a living connection and were asked for again. */
  readonly resubscribes: number;
  /** Events built, by channel. */
  readonly events: Readonly<Partial<Record<Channel, number>>>;
  /** Frames that are known and of no use, by name. */
  readonly ignored: ReadonlyMap<string, number>;
  readonly unhandled: number;
  readonly rejected: number;
  readonly undecodable: number;
  readonly gaps: number;
  /** Times that a book was wrong and built anew, by what made it so. */
  readonly bookBreaks: Readonly<Record<BookBreakKind, number>>;
  /** Times that frames were missing on a connection of which the exchange numbers them. */
  readonly frameGaps: number;
  /** Frames passed over that were repeated, or came late, by their number. */
  readonly repeatedFrames: number;
  /** Newest distance from the exchange's time to ours in milliseconds, clocks uncorrected, by channel. */
  readonly lagMs: Readonly<Partial<Record<Channel, number>>>;
}
