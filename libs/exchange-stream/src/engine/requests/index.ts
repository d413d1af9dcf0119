export type { FrameMatch, KeyMatch, Match, Reply } from './match.ts';
export {
  DuplicateRequestError,
  PendingRequestsError,
  RequestLostError,
  RequestRefusedError,
  RequestTimeoutError,
  type RequestState,
} from './request-error.ts';
export type { RequestEnding, RequestPurpose, RequestReport, RequestReporter } from './request-report.ts';
export type { ExpectOptions, RequestOptions, SendOptions } from './user-requests.ts';
