import type { MessageId } from '../../contract/index.ts';
import { ConnectionClosedError, InvalidOptionsError } from '../errors.ts';
import { RequestLostError, RequestRefusedError, RequestTimeoutError } from './request-error.ts';
import type { RequestOptions } from './user-requests.ts';

/** Messages of one endpoint that are kept. */
const MAX_MESSAGES = 100;

/** What is said on a socket and holds for as long as it lives. */
export interface SocketMessage extends Pick<RequestOptions, 'deadlineMs' | 'weight' | 'limit'> {
  readonly frame: string;
  /** How its confirmation is known; without it, it holds as soon as it has left. */
  readonly match?: RequestOptions['match'];
}

/** Makes such a message anew for every socket. */
export type StandingMessage = (nextId: () => MessageId) => SocketMessage;

/** What is said on every fresh socket before anything is subscribed there: flags that a user has set, by name. */
export class StandingMessages {
  private readonly byName = new Map<string, StandingMessage>();

  get size(): number {
    return this.byName.size;
  }

  /**
   * Keeps a message from now on, and says it where there are sockets. What the exchange refuses, or does not confirm, is
   * not kept: what stood there before stands again.
   */
  async set(
    name: string,
    message: StandingMessage,
    sayEverywhere: (message: StandingMessage) => readonly Promise<unknown>[],
  ): Promise<void> {
    if (this.byName.size >= MAX_MESSAGES && !this.byName.has(name))
      throw new InvalidOptionsError(`configure: at most ${MAX_MESSAGES} names. Use one of them again.`);
    const before = this.byName.get(name);
    this.byName.set(name, message);
    const results = await Promise.allSettled(sayEverywhere(message));
    // A socket that went meanwhile has a successor, on which it is said again.
    const failed = results.find((result) => result.status === 'rejected' && !isOfSocket(result.reason));
    if (failed?.status !== 'rejected') return;
    if (this.byName.get(name) === message) {
      if (before) this.byName.set(name, before);
      else this.byName.delete(name);
    }
    throw failed.reason;
  }

  delete(name: string): void {
    this.byName.delete(name);
  }

  /**
   * Says everything on a fresh socket. What is refused for good is kept no more, and told; rejects when a confirmation is
   * missing for any other reason.
   */
  async replay(
    say: (message: StandingMessage) => Promise<unknown>,
    refused: (name: string, error: unknown) => void,
  ): Promise<void> {
    const messages = [...this.byName].map(async ([name, message]) => {
      try {
        await say(message);
      } catch (error) {
        if (mayPass(error)) throw error;
        if (this.byName.get(name) === message) this.byName.delete(name);
        refused(name, error);
      }
    });
    await Promise.all(messages);
  }
}

function isOfSocket(error: unknown): boolean {
  return error instanceof RequestLostError || error instanceof ConnectionClosedError;
}

/** Whether a message that failed so may be confirmed another time. */
export function mayPass(error: unknown): boolean {
  if (error instanceof RequestRefusedError) return error.refusal.temporary;
  return error instanceof RequestTimeoutError || isOfSocket(error);
}
