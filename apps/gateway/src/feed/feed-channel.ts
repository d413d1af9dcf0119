import {
  formatSubscription,
  type Clock,
  type DataState,
  type PublicChannel,
  type StatusEvent,
  type SubscriptionRequest,
} from '@exchange-stream/market-data';
import type { SubscriptionFailure, SubscriptionHandle } from '@exchange-stream/nestjs/engine';
import {
  channelStatus,
  dataMessage,
  encode,
  statusMessage,
  type ChannelStatus,
  type EncodedMessage,
  type Position,
  type PublicEvent,
} from './feed-message.ts';

/** States after which a book begins anew. */
const BROKEN: ReadonlySet<DataState> = new Set(['syncing', 'stale', 'gap']);

/** A numbered message on its way to all members. */
export interface NumberedMessage extends EncodedMessage {
  readonly sequence: number;
  readonly kind: 'status' | 'book' | 'data';
}

/** Somebody who receives a channel. */
export interface ChannelMember {
  receive(message: NumberedMessage): void;
}

/** What a member that joins is shown: the status, and what holds now: the last value, or all notices that are not over. */
export interface ChannelState {
  readonly sequence: number;
  readonly status: ChannelStatus;
  readonly values: readonly EncodedMessage[];
}

/** Who numbers a channel, and where the numbers begin. */
export interface ChannelNumbering {
  readonly epoch: string;
  readonly first: number;
}

/**
 * One subscription on the feed: a single hold on the engine's subscription, numbered once and shared by all clients.
 * Every event of the engine takes the next number, status changes included.
 */
export class FeedChannel {
  /** Name of the channel in messages: the printable form of the subscription. */
  readonly name: string;
  readonly request: SubscriptionRequest<PublicChannel>;
  readonly epoch: string;
  private readonly members = new Set<ChannelMember>();
  private readonly stop: () => void;
  private current: number;
  private status: ChannelStatus;
  private present: { readonly sequence: number; readonly values: readonly EncodedMessage[] } | undefined;
  /** A book may be told of changes only after it was told whole. */
  private whole = false;

  constructor(
    private readonly handle: SubscriptionHandle<PublicChannel>,
    numbering: ChannelNumbering,
    private readonly clock: Clock,
  ) {
    this.request = handle.request;
    this.name = formatSubscription(handle.request);
    this.epoch = numbering.epoch;
    this.current = numbering.first;
    const { data, dataSince, reason, failure } = handle.view();
    this.status = { state: data, since: dataSince, reason, ...(failure && { failure }) };
    this.stop = handle.on((event) => this.publish(event), { name: 'feed' });
  }

  get key(): string {
    return this.handle.key;
  }

  get sequence(): number {
    return this.current;
  }

  get state(): DataState {
    return this.status.state;
  }

  get memberCount(): number {
    return this.members.size;
  }

  /** Whether its clients need a whole book before anything else makes sense. */
  get isBook(): boolean {
    return this.request.channel === 'book';
  }

  join(member: ChannelMember): void {
    this.members.add(member);
  }

  leave(member: ChannelMember): void {
    this.members.delete(member);
  }

  /** How the channel stands now, for one who joins or was left behind; encoded once however many ask. */
  snapshot(): ChannelState {
    if (this.present?.sequence !== this.current) {
      const position = this.position(this.current, this.current);
      const values = this.holding().map((event) => encode(dataMessage(event, position, this.clock.now())));
      this.present = { sequence: this.current, values };
    }
    return { sequence: this.current, status: this.status, values: this.present.values };
  }

  /** The channel's status for one client, after the message that it received last. */
  statusAfter(previous: number): EncodedMessage {
    return encode(statusMessage(this.status, this.position(this.current, previous)));
  }

  /** The mark behind the state that a client is given when it joins. */
  synced(): EncodedMessage {
    return encode({ t: 'synced', ch: this.name, e: this.epoch, s: this.current });
  }

  /** The exchange refused the subscription: told as a status, since no data will ever say it. */
  fail(failure: SubscriptionFailure, reason: string): void {
    if (this.status.failure === failure && this.status.reason === reason) return;
    this.publishStatus({ state: this.status.state, since: this.clock.now(), reason, failure });
  }

  async close(): Promise<void> {
    this.stop();
    this.members.clear();
    await this.handle.unsubscribe();
  }

  private holding(): readonly PublicEvent[] {
    if (this.request.channel === 'status') return this.handle.current();
    const latest = this.handle.latest();
    return latest ? [latest] : [];
  }

  private publish(event: PublicEvent | StatusEvent): void {
    if (event.type === 'status') {
      if (BROKEN.has(event.state)) this.whole = false;
      const { failure } = this.handle.view();
      this.publishStatus({ ...channelStatus(event), ...(failure && { failure }) });
      return;
    }
    if (isWhole(event)) this.whole = true;
    // The promise to clients is kept here, whoever breaks it behind: no change without the book that it changes.
    if (isChange(event) && !this.whole) return;
    this.publishData(event);
  }

  private publishStatus(status: ChannelStatus): void {
    this.status = status;
    const position = this.advance();
    this.send(encode(statusMessage(status, position)), 'status');
  }

  private publishData(event: PublicEvent): void {
    const position = this.advance();
    if (this.members.size === 0) return;
    const message = encode(dataMessage(event, position, this.clock.now()));
    this.send(message, isWhole(event) ? 'book' : 'data');
  }

  private send({ text, bytes }: EncodedMessage, kind: NumberedMessage['kind']): void {
    const message = { text, bytes, kind, sequence: this.current };
    for (const member of this.members) member.receive(message);
  }

  private advance(): Position {
    this.current++;
    return this.position(this.current, this.current - 1);
  }

  private position(s: number, p: number): Position {
    return { ch: this.name, e: this.epoch, s, p };
  }
}

/** A whole book, by price or by order. */
function isWhole({ type }: PublicEvent): boolean {
  return type === 'book-snapshot' || type === 'book-orders-snapshot';
}

/** A change of one. */
function isChange({ type }: PublicEvent): boolean {
  return type === 'book-update' || type === 'book-orders-update';
}
