import type { Clock } from '@exchange-stream/market-data';
import type { ExchangeFaults } from './faults/exchange-faults.ts';
import type { Market, MarketBook, MarketOptions } from './market/market.ts';

/** The exchange's end of one accepted socket; a transport provides it. */
export interface PeerConnection {
  /** Path of the address the client opened, such as `/ws/btcusdt@trade`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who connects, for limits counted by address. */
  readonly address: string;
  send(text: string): void;
  /** Sends a text frame of these bytes, which need not be valid UTF-8. */
  sendBytes(bytes: Uint8Array): void;
  sendBinary(bytes: Uint8Array): void;
  ping(payload: string): void;
  /** Starts the closing handshake. @param code without one the close frame is empty: clients see 1005 */
  close(code: number | undefined, reason: string): void;
  /** Sends a close frame whose reason is longer than RFC 6455, 5.5 allows. */
  closeMalformed(): void;
  /** Cuts the connection without a word. */
  terminate(): void;
}

/** What a transport tells the exchange about one connection. Nothing comes after `onClose`. */
export interface ConnectionHandler {
  onMessage(text: string): void;
  onPing(): void;
  onPong(payload: string): void;
  onClose(): void;
}

/** An opening handshake that waits for its answer. */
export interface HandshakeRequest {
  /** Path of the address the client opens. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Who connects, for limits counted by address. */
  readonly address: string;
  /** Whom the client means to reach, such as `api.example.com`: exchanges count by it. Absent where a transport does not know. */
  readonly host?: string;
}

/** An HTTP answer in place of a WebSocket. */
export interface HandshakeRefusal {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Path and query as they were sent: what a signature covers. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Empty without one. */
  readonly body: string;
  /** Who asks, for limits counted by address. */
  readonly address: string;
}

export interface RestResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** So many bytes of white space follow the body: transports stream them. Default 0. */
  readonly paddingBytes?: number;
  /** How long the transport holds the answer back, in milliseconds. Default 0. */
  readonly delayMs?: number;
}

/** One open connection as tests see it. */
export interface SimulatedConnection {
  /** Counts up from 1 for each accepted connection. */
  readonly id: number;
  readonly path: string;
  readonly address: string;
  /** Milliseconds since the epoch. */
  readonly openedAt: number;
  /** The streams or topics it receives, by the exchange's own names. */
  readonly subscriptions: ReadonlySet<string>;
  /** Messages that came from the client, ping and pong frames included. */
  readonly received: number;
  /** Data frames and replies sent to the client, without pings. */
  readonly sent: number;
}

/** Which of an exchange's published rules a client broke. */
export type ViolationRule =
  | 'messages-per-second'
  /** Of one connection. */
  | 'requests-per-hour'
  | 'messages-per-address'
  | 'bytes-per-message'
  | 'topics-per-message'
  | 'topics-per-connection'
  /** Topics that exclude each other on one connection. */
  | 'exclusive-topics'
  | 'connections-per-address'
  | 'request-weight'
  | 'pong-timeout'
  /** The client owes a ping of its own. */
  | 'ping-overdue'
  /** The client owes its first request to subscribe. */
  | 'subscribe-overdue'
  /** Of one topic, on all connections of an account. */
  | 'subscriptions-per-topic'
  /** Asked for what needs a login without one. */
  | 'not-logged-in'
  /** A nonce that is not larger than those before it. */
  | 'nonce-order'
  /** A time too far from the exchange's. */
  | 'time-window'
  /** A token whose time was over, as the client had been told. */
  | 'expired-token'
  /** A token that was never given, or to somebody else. */
  | 'unknown-token'
  | 'invalid-request';

/** One broken rule: the twin judges, as the real exchange would, and remembers. */
export interface ProtocolViolation {
  readonly rule: ViolationRule;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly address: string;
  /** Absent for REST. */
  readonly connectionId?: number;
  /** What happened, in words: the limit and what was observed. */
  readonly detail: string;
}

/**
 * A simulated exchange: a state machine over (connection, clock, random). It knows no network; a transport hands it
 * accepted sockets and requests.
 */
export interface SimulatedExchange {
  readonly id: string;
  /** What is true on the exchange, to compare a client's view with. */
  readonly market: Market;
  /** What can be made to go wrong here. */
  readonly faults: ExchangeFaults;
  /** Whether a port offers the WebSocket extension permessage-deflate. Default no. Memory knows no extensions. */
  readonly permessageDeflate?: boolean;
  /** Asked by a transport before it accepts: an answer refuses the opening handshake. */
  refuseHandshake(request: HandshakeRequest): HandshakeRefusal | undefined;
  accept(connection: PeerConnection): ConnectionHandler;
  request(request: RestRequest): RestResponse;
  /** Starts the market, the publications and the pings. */
  start(): void;
  /** Stops all of them, ends every fault and closes every connection. */
  stop(): void;
  readonly connections: ReadonlySet<SimulatedConnection>;
  /** Every limit a client broke since the start, oldest first; the first 10,000 are kept. */
  readonly violations: readonly ProtocolViolation[];
  /** Shows maintenance on the exchange's own schedule. Absent where it publishes none. */
  announceMaintenance?(maintenance: PlannedMaintenance): void;
  /**
   * The whole book of one of the market's symbols as the exchange shows it in a way of its own, such as with prices added up
   * to a precision; undefined for a precision that it does not have. Absent where books are shown as the market has them.
   */
  shownBook?(symbol: string, precision?: string): MarketBook | undefined;
  /** Closes every open connection. @param code WebSocket close code, 1001 (going away) by default */
  disconnectAll(code?: number): void;
}

/** Work on the exchange that is announced beforehand. */
export interface PlannedMaintenance {
  readonly title: string;
  /** From now. */
  readonly beginsInMs: number;
  readonly lastsMs: number;
}

/** What a simulated exchange is built from. */
export interface SimulatedExchangeEnvironment {
  readonly clock: Clock;
  /** Same seed and same clock, same frames. Default 1. */
  readonly seed?: number;
  readonly market?: Partial<MarketOptions>;
}
