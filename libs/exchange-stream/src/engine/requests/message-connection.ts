import type { MessageId } from '../../contract/index.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import type { Match, Reply } from './match.ts';
import type { StandingMessage } from './standing-messages.ts';
import type { ExpectOptions, RequestOptions, SendOptions } from './user-requests.ts';

/** Where users can say something, and hear the answers. */
export interface MessageConnection {
  /** The next id for a message. */
  nextId(): MessageId;
  /**
   * Sends within the limits, and resolves with the answers once all of them have come, in their order. What is matched is
   * registered before the frame leaves. Rejects with `RequestRefusedError`, `RequestTimeoutError` and `RequestLostError`,
   * which hold the answers so far and whether it had left; with `DuplicateRequestError`, `PendingRequestsError` and
   * `ConnectionClosedError`, and nothing was sent; with `BudgetError`, and nothing was sent, when the limits leave no room
   * in time (`maxWaitMs`, `deadlineMs`); with the signal's reason when it is aborted.
   */
  send(frame: string, options: RequestOptions): Promise<readonly Reply[]>;
  /**
   * Resolves when the frame has left, within the limits. Rejects with `ConnectionClosedError` when the connection is not
   * open or closes before, with `BudgetError` when it would have to wait longer than `maxWaitMs`, and with the signal's
   * reason when it is aborted.
   */
  send(frame: string, options?: SendOptions): Promise<void>;
  /** Resolves with answers that come from now on, whatever calls for them. Rejects as `send` does. */
  expect(match: Match | readonly Match[], options?: ExpectOptions): Promise<readonly Reply[]>;
}

/** A connection that is replaced when it is lost: some of what is said there has to be said again. */
export interface LastingConnection extends MessageConnection {
  /**
   * Says something that holds for as long as a socket lives, such as flags that change what the exchange sends: now on
   * every open socket, and on every later one before anything is subscribed there. Resolves when it is confirmed on all of
   * the open ones. What the exchange refuses or does not confirm is not kept. The same name again replaces it.
   */
  configure(name: string, message: StandingMessage): Promise<void>;
  /** Says it on no further socket. */
  forget(name: string): void;
}

/** A hold on an endpoint of an exchange: at least one connection to it stays open, whether topics are wanted there or not. */
export interface EndpointHandle extends LastingConnection {
  /** Key of the endpoint in the adapter's declaration. */
  readonly endpoint: string;
  /** The connection that messages go over; undefined while there is none. */
  view(): ConnectionView | undefined;
  /** Lets go; without topics and further holds, the connection closes. */
  release(): void;
}
