export type { FrameMatch, KeyMatch, Match, Reply } from './match.ts';
export type { EndpointHandle, LastingConnection, MessageConnection } from './message-connection.ts';
export {
  DuplicateRequestError,
  PendingRequestsError,
  RequestLostError,
  RequestRefusedError,
  RequestTimeoutError,
  type RequestState,
} from './request-error.ts';
export type { RequestEnding, RequestPurpose, RequestReport, RequestReporter } from './request-report.ts';
export type { SocketMessage, StandingMessage } from './standing-messages.ts';
export type { ExpectOptions, RequestOptions, SendOptions } from './user-requests.ts';
