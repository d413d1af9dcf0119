/** The codes of the sheet. */
export type LabErrorCode = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

/** What tells the messages of a connection apart: integers, or text in that dialect. */
export type LabId = number | string;

/** What the exchange answers to a request that it does not take. */
export class LabError extends Error {
  constructor(
    readonly code: LabErrorCode,
    message: string,
    /** Id of the request, where it could be read. */
    readonly id?: LabId,
  ) {
    super(message);
    this.name = 'LabError';
  }

  /** The same, as the answer to a request. */
  of(id: LabId): LabError {
    return new LabError(this.code, this.message, id);
  }
}
