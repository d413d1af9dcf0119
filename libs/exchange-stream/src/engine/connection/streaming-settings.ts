import type { MessageId, ExchangeAdapter, ListedSymbol } from '../../contract/index.ts';
import type { ConnectionToken, TokenOutcome } from '../credentials/connection-token.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { FrameProblems } from '../lifecycle/frame-problems.ts';
import type { LifecycleListener } from '../lifecycle/lifecycle-event.ts';
import type { Platform } from '../platform/platform.ts';
import type { RequestMatcher } from '../requests/request-matcher.ts';
import type { RequestReport } from '../requests/request-report.ts';
import type { StandingMessages } from '../requests/standing-messages.ts';
import type { ConnectionSettings } from './connection.ts';
import type { FrameReaderSettings } from './frame-reader.ts';
import type { LoginOutcome, LoginProcedure } from './login.ts';
import type { StreamingConnection } from './streaming-connection.ts';

/** What a streaming connection is made with. */
export interface StreamingSettings extends ConnectionSettings, FrameReaderSettings {
  readonly trafficTimeoutMs: number;
  /** Its market always moves: no more than that time is waited out, whatever was seen before. */
  readonly isTrafficSteady?: boolean;
  readonly pauseDeadlineMs: number;
  /** Makes the login that every fresh socket goes through. */
  readonly login?: (outcome: LoginOutcome, requests: RequestMatcher) => LoginProcedure;
  /** Makes the token that every fresh socket needs. */
  readonly token?: (outcome: TokenOutcome) => ConnectionToken;
  /** Requests of users that may wait for their answers. */
  readonly pendingRequests: number;
  /** Whether answers that nobody waits for are reported. Default `true`. */
  readonly requireMatch?: boolean;
  /** Ids for messages on it. */
  readonly nextId: () => MessageId;
  /** What is said on every fresh socket before topics are asked for. */
  readonly standing: StandingMessages;
  /** A text without secrets that only the maker of the connection knows. */
  readonly redact?: (text: string) => string;
}

/** What a streaming connection needs from around it. */
export interface StreamingEnvironment {
  readonly adapter: Pick<ExchangeAdapter, 'createSession'>;
  readonly platform: Platform;
  readonly statistics: ExchangeStatistics;
  readonly report: LifecycleListener;
  readonly problems: FrameProblems;
  /** No topic is left on the connection, or none can come about on it. */
  emptied(connection: StreamingConnection): void;
  /** A connection has let go of a topic. */
  released(connection: StreamingConnection, topic: string): void;
  /** The exchange takes no topic beside the so many that a connection carries. */
  full(carried: number): void;
  /** The connection is about to end, and should be replaced before it does. Returns whether that is seen to. */
  expiring(connection: StreamingConnection, reason: string): boolean;
  /** The socket is gone; called before those whose topics it carried hear of it. */
  losing(connection: StreamingConnection, reason: string): void;
  /** The exchange pauses on the connection; called before those whose topics it carries hear of it. */
  pausing(connection: StreamingConnection, reason: string): void;
  /** Everything on it is asked for anew: what the exchange has told it of its topics is of the past. */
  beginsAnew(connection: StreamingConnection): void;
  /** A request has ended. */
  requested(report: RequestReport): void;
  /** Where the answers to a message may come beside its own connection; by id, or by endpoint. */
  find(connection: string): StreamingConnection | undefined;
  /** The exchange has told a connection that it has stopped the market of an instrument, or opened it again. */
  marketStatus(connection: string, listed: ListedSymbol, status: 'halted' | 'trading', reason: string): void;
}
