import type { MessageId } from '../../contract/index.ts';
import type { StreamingConnection } from '../connection/streaming-connection.ts';
import type { Consumers } from '../dispatch/consumers.ts';
import { ConnectionClosedError } from '../errors.ts';
import type { Match, Reply } from '../requests/match.ts';
import type { ExpectOptions, RequestOptions, SendOptions } from '../requests/user-requests.ts';
import type { LoginHandle } from './connection-definition.ts';

/** What is said and heard on a fresh socket, ahead of everything else, until its login is over. */
export class LoginMessages implements LoginHandle {
  constructor(
    private readonly connection: StreamingConnection,
    readonly nextId: () => MessageId,
    private readonly listeners: Consumers<string>,
    readonly signal: AbortSignal,
  ) {}

  send(frame: string, options: RequestOptions): Promise<readonly Reply[]>;
  send(frame: string, options?: SendOptions): Promise<void>;
  send(frame: string, options: RequestOptions | SendOptions = {}): Promise<unknown> {
    if (this.signal.aborted) return this.refused();
    return this.connection.requests.say(frame, { lane: 'heartbeat', ...options });
  }

  expect(match: Match | readonly Match[], options: ExpectOptions = {}): Promise<readonly Reply[]> {
    if (this.signal.aborted) return this.refused();
    return this.connection.requests.expect(match, options);
  }

  onFrame(listener: (frame: string) => void): () => void {
    if (this.signal.aborted) return () => undefined;
    return this.listeners.add('authenticate', listener);
  }

  private refused(): Promise<never> {
    return Promise.reject(new ConnectionClosedError(this.connection.id));
  }
}
