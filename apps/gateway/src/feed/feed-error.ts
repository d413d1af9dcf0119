import { ClosedError, SubscriptionRequestError } from '@exchange-stream/nestjs/engine';

/** When the same request may be tried again. */
export type Retry = 'now' | 'backoff' | 'never';

interface Meaning {
  /** Whether the same request may succeed later, unchanged. */
  readonly temporary: boolean;
  readonly retry: Retry;
}

/** The codes of the feed. */
export const FEED_CODES = {
  4400: { temporary: false, retry: 'never' },
  4404: { temporary: false, retry: 'never' },
  4405: { temporary: false, retry: 'never' },
  4408: { temporary: true, retry: 'backoff' },
  4410: { temporary: false, retry: 'never' },
  4500: { temporary: true, retry: 'backoff' },
  4503: { temporary: true, retry: 'backoff' },
} as const satisfies Record<number, Meaning>;

export type FeedCode = keyof typeof FEED_CODES;

/** A refusal as clients see it. */
export interface FeedErrorBody extends Meaning {
  readonly code: FeedCode;
  readonly message: string;
}

/** Something that a client asked for and does not get. */
export class FeedError extends Error {
  constructor(
    readonly code: FeedCode,
    message: string,
  ) {
    super(message);
    this.name = 'FeedError';
  }

  toBody(): FeedErrorBody {
    return { code: this.code, message: this.message, ...FEED_CODES[this.code] };
  }
}

const CODE_OF_REQUEST_ERROR: Readonly<Record<SubscriptionRequestError['code'], FeedCode>> = {
  UNKNOWN_EXCHANGE: 4404,
  UNKNOWN_SYMBOL: 4404,
  UNSUPPORTED_CHANNEL: 4410,
  INVALID_PARAMETER: 4400,
  CONFLICT: 4410,
};

/** What a failure means to a client. Failures that are nobody's doing keep their details to the log. */
export function toFeedError(error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  if (error instanceof SubscriptionRequestError) {
    return new FeedError(CODE_OF_REQUEST_ERROR[error.code], error.message);
  }
  if (error instanceof ClosedError) return new FeedError(4503, 'The gateway is closing.');
  return new FeedError(4500, 'The gateway failed on this request.');
}
