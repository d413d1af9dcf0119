import type { ChannelMember, FeedChannel, NumberedMessage } from './feed-channel.ts';
import type { Outbox } from './outbox.ts';

/** What a membership needs of the client that holds it. */
export interface MembershipOwner {
  readonly outbox: Outbox;
  /** Something was put into the outbox. */
  onQueued(): void;
  /** The membership waits for room to be shown the channel's state. */
  onBehind(membership: FeedMembership): void;
}

/**
 * One client on one channel. It begins behind, and is shown the channel's state when the client has room for it; from
 * then on it receives every message. A whole book that finds no room puts it behind again: the client skips to a later
 * book rather than queueing several.
 */
export class FeedMembership implements ChannelMember {
  /** Sequence of the last message that the client was sent. */
  private last: number;
  private behind = true;
  private synced = false;

  constructor(
    readonly channel: FeedChannel,
    private readonly owner: MembershipOwner,
  ) {
    this.last = channel.sequence;
  }

  /** Puts status, last value and, the first time, the `synced` mark into the outbox. */
  catchUp(): void {
    const { outbox } = this.owner;
    const { sequence, values } = this.channel.snapshot();
    outbox.add(this.channel.statusAfter(this.last));
    for (const value of values) outbox.add(value, this.channel.isBook);
    this.last = sequence;
    this.behind = false;
    if (values.length > 0 || !this.channel.isBook) this.markSynced();
    this.owner.onQueued();
  }

  receive(message: NumberedMessage): void {
    if (this.behind) return;
    const { outbox } = this.owner;
    if (message.kind === 'book' && !outbox.hasRoom) {
      this.behind = true;
      this.owner.onBehind(this);
      return;
    }
    outbox.add(message, message.kind === 'book');
    this.last = message.sequence;
    if (message.kind === 'book') this.markSynced();
    this.owner.onQueued();
  }

  private markSynced(): void {
    if (this.synced) return;
    this.synced = true;
    this.owner.outbox.add(this.channel.synced());
  }
}
