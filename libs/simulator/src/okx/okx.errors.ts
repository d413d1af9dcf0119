/** What OKX answers on a socket to what it does not take: its own codes. */
export type OkxErrorCode =
  /** A private channel on a public path. */
  | '60008'
  | '60009'
  | '60011'
  /** A request that cannot be read; it is repeated in the text. */
  | '60012'
  | '60013'
  | '60014'
  /** No such channel or instrument on this path. */
  | '60018'
  /** An op that there is not. */
  | '60019'
  /** A public channel on the private path. */
  | '60028'
  /** A parameter that has been replaced. */
  | '64000'
  /** A channel that has moved to `/business`. */
  | '64001';

/** A refusal, as OKX words it. */
export class OkxError extends Error {
  constructor(
    readonly code: OkxErrorCode,
    message: string,
  ) {
    super(message);
    this.name = 'OkxError';
  }
}

/** The request as a whole, or one of its args, cannot be read. */
export function illegalRequest(text: string): OkxError {
  return new OkxError('60012', `Invalid request: ${text}`);
}

export function tooFrequent(): OkxError {
  return new OkxError('60014', 'Requests too frequent');
}

/** @param what the arg in words, such as `channel:trades,instId:BTC-USDT` */
export function doesNotExist(what: string): OkxError {
  return new OkxError(
    '60018',
    `Wrong URL or ${what} doesn't exist. Please use the correct URL, channel and parameters referring to API document.`,
  );
}
