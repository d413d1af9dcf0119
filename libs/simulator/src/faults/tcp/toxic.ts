/** Which way the disturbed bytes flow: `upstream` from the client to the exchange, `downstream` back to the client. */
export type Direction = 'upstream' | 'downstream';

interface Directed {
  readonly direction: Direction;
}

/** Every byte arrives later, in order. */
export interface Latency extends Directed {
  readonly type: 'latency';
  readonly delayMs: number;
  /** Each delay differs from `delayMs` by at most so much, up or down; drawn from the network's seed. Default 0. */
  readonly jitterMs?: number;
}

/** No more than so many bytes a second. */
export interface Bandwidth extends Directed {
  readonly type: 'bandwidth';
  readonly bytesPerSecond: number;
}

/** The end of the stream (FIN) arrives later. */
export interface SlowClose extends Directed {
  readonly type: 'slow-close';
  readonly delayMs: number;
}

/** A black hole. What it swallowed arrives when it is removed in time, as TCP sends again what was not acknowledged. */
export interface Timeout extends Directed {
  readonly type: 'timeout';
  /** Closes the connection after so long. Default: never, and nobody is told. */
  readonly closeAfterMs?: number;
}

/** The receiving end sees a reset (RST), the other a close. */
export interface Reset extends Directed {
  readonly type: 'reset';
  /** Counted from when the toxic meets the connection. Default 0. */
  readonly afterMs?: number;
}

/** Bytes arrive in small pieces, as over a path with tiny packets. */
export interface Slicer extends Directed {
  readonly type: 'slicer';
  readonly bytes: number;
  /** Each piece differs from `bytes` by at most so many, up or down; drawn from the network's seed. Default 0. */
  readonly variation?: number;
  /** Wait before each piece. Default 0. */
  readonly delayMs?: number;
}

/** The connection closes after so many bytes, in the middle of whatever they were. */
export interface LimitData extends Directed {
  readonly type: 'limit-data';
  readonly bytes: number;
}

/** What can be done to the bytes of a connection: the seven toxics that Toxiproxy made the vocabulary of the field. */
export type Toxic = Latency | Bandwidth | SlowClose | Timeout | Reset | Slicer | LimitData;
