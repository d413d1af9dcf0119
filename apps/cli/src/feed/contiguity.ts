import type { FeedMessage } from './feed-message.ts';

/** Checks that nothing is missing between the messages of a channel: each names the number of the one before. */
export class Contiguity {
  private readonly lastByChannel = new Map<string, { readonly epoch: string; readonly sequence: number }>();

  /** The gateway has told where the channel stands. */
  joined(channel: string, epoch: string, sequence: number): void {
    this.lastByChannel.set(channel, { epoch, sequence });
  }

  /** Forgets everything: the numbers of a new connection begin where its gateway says. */
  clear(): void {
    this.lastByChannel.clear();
  }

  /** What is wrong with the message's place, if anything. */
  check(message: FeedMessage): string | undefined {
    const last = this.lastByChannel.get(message.ch);
    this.joined(message.ch, message.e, message.s);
    if (!last) return undefined;
    if (message.e !== last.epoch) return 'its numbering began anew';
    const previous = message.t === 'synced' ? message.s : message.p;
    if (previous === last.sequence) return undefined;
    return `message ${last.sequence} should be followed, and the next one follows ${previous}`;
  }
}
