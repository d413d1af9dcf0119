/** How long a fault lasts: until `count` hits or `forMs` have passed, whichever comes first; with neither, until it is cleared. */
interface Lasting {
  readonly count?: number;
  readonly forMs?: number;
}

/** Which connections a fault meets: one by its id, or all. */
interface OnConnections {
  readonly connectionId?: number;
}

/** Data frames of one topic, by the exchange's own name for it, or of all. Replies and pings go on. */
interface OnFrames extends Lasting, OnConnections {
  readonly topic?: string;
}

/**
 * Requests to subscribe or unsubscribe that name one topic, or any. What else an exchange takes on its sockets counts as
 * well, under the exchange's own name for it in place of a topic, such as `order.place`.
 */
interface OnRequests extends Lasting, OnConnections {
  readonly topic?: string;
}

/** REST requests for one path, or any; by one method, such as `PUT`, or any. */
interface OnRest extends Lasting {
  readonly path?: string;
  readonly method?: string;
}

export type FrameCorruption =
  /** Text that is no JSON. */
  | 'garbage'
  /** The first half of the frame. */
  | 'truncated'
  /** A text frame whose bytes are no UTF-8; WebSocket libraries fail the connection. */
  | 'invalid-utf8'
  /** 100,000 arrays, one within the other, beside the frame's own fields. */
  | 'deep-nesting'
  /** `__proto__` and `constructor` keys beside the frame's own fields. */
  | 'prototype-keys'
  /** 1e400 in place of every price and amount: valid JSON, infinite as a double. */
  | 'infinite-numbers';

/** What can be wrong in a book. */
export type BookError =
  /** A bid above the best ask. */
  | 'crossed'
  /** A bid at the best ask. */
  | 'locked'
  | 'zero-price'
  | 'negative-price'
  /** Another amount, which nothing but the frame's checksum tells. */
  | 'wrong-amount'
  | 'wrong-checksum';

export type FrameFault =
  | ({ readonly type: 'drop-frames' } & OnFrames)
  | ({ readonly type: 'duplicate-frames' } & OnFrames)
  /** Holds `count` frames (at most 1000), then sends them in reverse order. */
  | ({ readonly type: 'reorder-frames'; readonly count: number } & OnFrames)
  | ({ readonly type: 'corrupt-frames'; readonly how: FrameCorruption } & OnFrames)
  /** Sends frames so much later, in their order; those of the topic that follow wait for them. */
  | ({ readonly type: 'delay-frames'; readonly delayMs: number } & OnFrames)
  /** Books that are well-formed and wrong: strikes the frames that can be wrong in this way. */
  | ({ readonly type: 'spoil-books'; readonly how: BookError } & OnFrames)
  /** Data is missing while the connection lives and pings are answered: what only a watch on the data itself notices. */
  | ({ readonly type: 'stall' } & OnFrames);

export type RequestFault =
  /** Does what is asked and never says so. */
  | ({ readonly type: 'lose-ack' } & OnRequests)
  | ({ readonly type: 'delay-ack'; readonly delayMs: number } & OnRequests)
  /** Does what is asked and says so twice. */
  | ({ readonly type: 'repeat-ack' } & OnRequests)
  /** Does what is asked and acknowledges a request that nobody made. */
  | ({ readonly type: 'misdirect-ack' } & OnRequests)
  /** Acknowledges, then answers the same request with an error, and does nothing. */
  | ({ readonly type: 'ack-then-error' } & OnRequests)
  /** Acknowledges and does nothing. */
  | ({ readonly type: 'ignore-requests' } & OnRequests)
  /** Answers with an error and does nothing; requests to unsubscribe are served. */
  | ({
      readonly type: 'refuse-subscriptions';
      /** Whether the error says that it passes, where the exchange has such an error. Default false. */
      readonly temporary?: boolean;
    } & OnRequests);

export type RestFault =
  /** Such as 429, 418, 500, in the exchange's own words. What was to be changed is not changed. */
  | ({ readonly type: 'rest-status'; readonly status: number; readonly retryAfterSeconds?: number } & OnRest)
  | ({ readonly type: 'rest-slow'; readonly delayMs: number } & OnRest)
  /** A web page, as a proxy in between would send it, or the first half of the answer. */
  | ({ readonly type: 'rest-corrupt'; readonly how: 'garbage' | 'truncated' } & OnRest)
  /** The right answer, blown up with white space to so many bytes. */
  | ({
      readonly type: 'rest-oversize';
      readonly bytes: number;
      /** Whether a `content-length` tells the size in advance. Default false. */
      readonly declared?: boolean;
    } & OnRest)
  /** Books as they stood when the fault began: older with every moment, and older than the stream. */
  | ({ readonly type: 'rest-stale-book' } & OnRest);

export type HandshakeFault =
  /** Answers the opening handshake by HTTP: a limit, or the page of a proxy in between. */
  {
    readonly type: 'refuse-handshakes';
    /** Of the address that is opened. Default any. */
    readonly path?: string;
    readonly status: number;
    readonly retryAfterSeconds?: number;
    readonly body?: string;
  } & Lasting;

/** Faults that happen once, at a moment. */
export type MomentaryFault =
  /** Without a code the close frame is empty: clients see 1005. */
  | ({ readonly type: 'close'; readonly code?: number; readonly reason?: string } & OnConnections)
  /** Ends connections without a close frame: clients see 1006. */
  | ({ readonly type: 'cut' } & OnConnections)
  /** So many pings at once. Their pongs are not held against the client's limits. */
  | ({ readonly type: 'ping-flood'; readonly pings: number } & OnConnections)
  /** A frame of a topic that nobody asked for. `data` is any JSON value, `{}` by default. */
  | ({ readonly type: 'unsolicited-frame'; readonly topic: string; readonly data?: unknown } & OnConnections)
  | ({ readonly type: 'oversize-frame'; readonly bytes: number } & OnConnections)
  /** A close frame with a reason of 124 bytes, one more than RFC 6455, 5.5 allows. */
  | ({ readonly type: 'malformed-close' } & OnConnections)
  /** The exchange announces that it goes down, in its own form, and closes after so long. */
  | ({ readonly type: 'server-shutdown'; readonly closeAfterMs: number } & OnConnections);

export type LoginFault = (
  | {
      readonly type: 'refuse-logins';
      /** Whether the error says that it passes, where the exchange has such an error. Default false. */
      readonly temporary?: boolean;
    }
  /** Lets in, and says so later. */
  | { readonly type: 'delay-logins'; readonly delayMs: number }
) &
  Lasting &
  OnConnections;

export type ClockFault = {
  /** The exchange's clock jumps, forward or, below zero, back; at the end it jumps back to where it should be. */
  readonly type: 'clock-off';
  readonly offsetMs: number;
  readonly forMs?: number;
};

/** What some exchanges announce, in their own words. Others have none: there these faults are invalid. */
export type NoticeFault =
  /** Connections fall silent, and take no requests; at the end everything has to be asked for again. */
  | ({ readonly type: 'pause'; readonly forMs?: number } & OnConnections)
  /** The market of one symbol, or of all, stands still; at the end it opens again. */
  | { readonly type: 'halt'; readonly symbol?: string; readonly forMs?: number };

/** What some exchanges do with books, once, at a moment: of one symbol, or of all. For others these faults are invalid. */
export type BookFault =
  /** Counts the changes anew. */
  | { readonly type: 'recount-books'; readonly symbol?: string }
  /** Sends whole books again to those who have them from the stream. */
  | { readonly type: 'resend-books'; readonly symbol?: string };

/** What can go wrong on an exchange's side of the protocol. */
export type Fault =
  | FrameFault
  | RequestFault
  | LoginFault
  | RestFault
  | HandshakeFault
  | NoticeFault
  | ClockFault
  | BookFault
  | MomentaryFault;

interface FaultKinds {
  readonly frame: FrameFault;
  readonly request: RequestFault;
  readonly login: LoginFault;
  readonly rest: RestFault;
  readonly handshake: HandshakeFault;
  readonly notice: NoticeFault;
  readonly clock: ClockFault;
  readonly book: BookFault;
  readonly moment: MomentaryFault;
}

/** What a fault strikes. */
export type FaultKind = keyof FaultKinds;
export type FaultOf<K extends FaultKind> = FaultKinds[K];

const KINDS = {
  'drop-frames': 'frame',
  'duplicate-frames': 'frame',
  'reorder-frames': 'frame',
  'corrupt-frames': 'frame',
  stall: 'frame',
  'lose-ack': 'request',
  'delay-ack': 'request',
  'misdirect-ack': 'request',
  'ack-then-error': 'request',
  'ignore-requests': 'request',
  'refuse-subscriptions': 'request',
  'refuse-logins': 'login',
  'rest-status': 'rest',
  'rest-slow': 'rest',
  'rest-corrupt': 'rest',
  'rest-oversize': 'rest',
  'rest-stale-book': 'rest',
  'refuse-handshakes': 'handshake',
  pause: 'notice',
  halt: 'notice',
  close: 'moment',
  cut: 'moment',
  'ping-flood': 'moment',
  'unsolicited-frame': 'moment',
  'oversize-frame': 'moment',
  'malformed-close': 'moment',
  'server-shutdown': 'moment',
  'repeat-ack': 'request',
  'delay-logins': 'login',
  'clock-off': 'clock',
  'delay-frames': 'frame',
  'spoil-books': 'frame',
  'recount-books': 'book',
  'resend-books': 'book',
} as const satisfies { readonly [T in Fault['type']]: FaultKind };

/** Every type of fault there is. */
export const FAULT_TYPES = Object.keys(KINDS) as readonly Fault['type'][];

export function isOfKind<K extends FaultKind>(fault: Fault, kind: K): fault is Extract<Fault, FaultOf<K>> {
  return KINDS[fault.type] === kind;
}
