import type { MessageId } from '../../contract/index.ts';
import type { ConnectionView } from '../connection/connection-state.ts';
import type { StreamingConnection } from '../connection/streaming-connection.ts';
import { ConnectionClosedError } from '../errors.ts';
import type { Match, Reply } from './match.ts';
import type { EndpointHandle } from './message-connection.ts';
import type { StandingMessage, StandingMessages } from './standing-messages.ts';
import type { ExpectOptions, RequestOptions, SendOptions } from './user-requests.ts';

/** What a hold needs of the connections to its endpoint. */
export interface HeldConnections {
  readonly exchange: string;
  readonly standing: StandingMessages;
  readonly nextId: () => MessageId;
  all(): readonly StreamingConnection[];
  /** The open one for messages. */
  forMessages(): StreamingConnection | undefined;
  released(): void;
}

/** See `EndpointHandle`. */
export class EndpointHold implements EndpointHandle {
  private isReleased = false;

  constructor(
    readonly endpoint: string,
    private readonly connections: HeldConnections,
  ) {}

  nextId(): MessageId {
    return this.connections.nextId();
  }

  view(): ConnectionView | undefined {
    const [first] = this.connections.all();
    return (this.carrier ?? first)?.view();
  }

  send(frame: string, options: RequestOptions): Promise<readonly Reply[]>;
  send(frame: string, options?: SendOptions): Promise<void>;
  send(frame: string, options: RequestOptions | SendOptions = {}): Promise<unknown> {
    return this.carrier?.requests.say(frame, options) ?? this.refused();
  }

  expect(match: Match | readonly Match[], options: ExpectOptions = {}): Promise<readonly Reply[]> {
    return this.carrier?.requests.expect(match, options) ?? this.refused();
  }

  configure(name: string, message: StandingMessage): Promise<void> {
    return this.connections.standing.set(name, message, (said) =>
      this.connections
        .all()
        .filter(({ isOpen }) => isOpen)
        .map((connection) => connection.configure(said)),
    );
  }

  forget(name: string): void {
    this.connections.standing.delete(name);
  }

  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.connections.released();
  }

  private get carrier(): StreamingConnection | undefined {
    return this.isReleased ? undefined : this.connections.forMessages();
  }

  private refused(): Promise<never> {
    return Promise.reject(new ConnectionClosedError(`${this.connections.exchange}/${this.endpoint}`));
  }
}
