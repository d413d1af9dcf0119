import type { DataState, PublicChannel, SubscriptionRequest } from '@exchange-stream/market-data';
import type { FeedChannel } from './feed-channel.ts';
import { FeedError, toFeedError, type FeedErrorBody } from './feed-error.ts';
import type { FeedHub } from './feed-hub.ts';
import type { FeedLine } from './feed-line.ts';
import { FeedMembership, type MembershipOwner } from './feed-membership.ts';
import { parseChannel, parseChannelOrName, parseRequest, type RequestId } from './feed-request.ts';
import type { FeedStatistics } from './feed-statistics.ts';
import { Outbox, type OutboxLimits } from './outbox.ts';

/** What a client may ask for. */
export const FEED_REQUESTS: readonly string[] = ['subscribe', 'unsubscribe', 'unsubscribeAll', 'list'];

/** What one client may hold and let wait. */
export interface FeedLimits {
  readonly subscriptions: number;
  readonly pending: OutboxLimits;
}

/** A channel that a client is on. */
export interface AckedChannel {
  readonly ch: string;
  readonly epoch: string;
  readonly seq: number;
  readonly state: DataState;
  readonly request: SubscriptionRequest<PublicChannel>;
}

/** A channel that a client asked for and did not get. */
export interface FailedChannel extends FeedErrorBody {
  /** As it was asked for. */
  readonly channel: unknown;
}

export interface FeedAck {
  readonly id?: RequestId;
  readonly ok: readonly AckedChannel[];
  readonly failed: readonly FailedChannel[];
  /** How many subscriptions the client holds now. */
  readonly subs: number;
}

/** One client of the feed: its subscriptions, and what waits to be sent to it. */
export class FeedClient implements MembershipOwner {
  readonly outbox: Outbox;
  private readonly memberships = new Map<FeedChannel, FeedMembership>();
  private readonly waiting = new Set<FeedMembership>();
  private flushPlanned = false;
  private closed = false;

  constructor(
    private readonly line: FeedLine,
    private readonly hub: FeedHub,
    private readonly limits: FeedLimits,
    private readonly statistics: FeedStatistics,
    /** Runs a task once the present turn of the event loop has handled all it has. */
    private readonly afterTurn: (task: () => void) => void,
  ) {
    this.outbox = new Outbox(limits.pending);
    line.onWritable(() => this.flush());
  }

  /** @throws FeedError when the request as a whole makes no sense; single channels fail on their own. */
  subscribe(body: unknown): FeedAck {
    return this.answer(body, 'channels', (item) => this.add(parseChannel(item)));
  }

  /** @throws FeedError as `subscribe` */
  unsubscribe(body: unknown): FeedAck {
    return this.answer(body, 'channels', (item) => this.remove(parseChannelOrName(item)));
  }

  /** @throws FeedError as `subscribe` */
  list(body: unknown): FeedAck {
    const { id } = this.parse(body, 'nothing');
    const ok = [...this.memberships.keys()].map(acked);
    return { ...(id !== undefined && { id }), ok, failed: [], subs: this.memberships.size };
  }

  /** @throws FeedError as `subscribe` */
  unsubscribeAll(body: unknown): FeedAck {
    const { id } = this.parse(body, 'nothing');
    const ok = [...this.memberships.keys()].map(acked);
    this.leaveAll();
    return { ...(id !== undefined && { id }), ok, failed: [], subs: 0 };
  }

  /**
   * Judges a request that does not exist.
   * @throws FeedError always
   */
  refuse(name: string): never {
    this.admit();
    const shown = JSON.stringify(name.slice(0, 32));
    throw new FeedError(4400, `There is no request ${shown}; there are ${FEED_REQUESTS.join(', ')}.`);
  }

  /** The client is gone: everything it held is released. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.leaveAll();
    this.statistics.dropped += this.outbox.length;
    this.outbox.clear();
  }

  onQueued(): void {
    if (this.outbox.overflows) this.dropAsSlow();
    else this.planFlush();
  }

  onBehind(membership: FeedMembership): void {
    this.waiting.add(membership);
    this.planFlush();
  }

  private answer(
    body: unknown,
    wants: 'channels',
    apply: (item: unknown) => FeedChannel | undefined,
  ): FeedAck {
    const { id, channels } = this.parse(body, wants);
    const ok: AckedChannel[] = [];
    const failed: FailedChannel[] = [];
    for (const item of channels) {
      try {
        const channel = apply(item);
        if (channel) ok.push(acked(channel));
      } catch (error) {
        failed.push({ channel: item, ...toFeedError(error).toBody() });
      }
    }
    if (failed.length > 0) this.statistics.refusals++;
    return { ...(id !== undefined && { id }), ok, failed, subs: this.memberships.size };
  }

  private parse(body: unknown, wants: 'channels' | 'nothing'): ReturnType<typeof parseRequest> {
    this.admit();
    return parseRequest(body, wants);
  }

  /** Refuses to do more for a client that is gone, or that asks and asks and reads no answer. */
  private admit(): void {
    if (this.closed) throw new FeedError(4503, 'The connection is closed.');
    if (this.line.backlog <= this.limits.pending.bytes) return;
    this.dropAsSlow();
    throw new FeedError(4408, 'The client does not read the answers to its requests.');
  }

  private add(request: SubscriptionRequest<PublicChannel>): FeedChannel {
    const known = this.hub.find(request);
    if (known && this.memberships.has(known)) return known;
    if (this.memberships.size >= this.limits.subscriptions) {
      const limit = this.limits.subscriptions;
      throw new FeedError(4405, `A client holds at most ${limit} subscriptions; unsubscribe one first.`);
    }
    const channel = this.hub.open(request);
    const membership = new FeedMembership(channel, this);
    this.memberships.set(channel, membership);
    channel.join(membership);
    this.onBehind(membership);
    return channel;
  }

  /** Leaves a channel; undefined where there was none to leave, which is no failure. */
  private remove(wanted: SubscriptionRequest<PublicChannel> | string): FeedChannel | undefined {
    const channel = typeof wanted === 'string' ? this.hub.findByName(wanted) : this.hub.find(wanted);
    if (channel) this.leave(channel);
    return channel;
  }

  private leave(channel: FeedChannel): void {
    const membership = this.memberships.get(channel);
    if (!membership) return;
    this.memberships.delete(channel);
    this.waiting.delete(membership);
    channel.leave(membership);
    this.hub.release(channel);
  }

  private leaveAll(): void {
    for (const channel of [...this.memberships.keys()]) this.leave(channel);
  }

  private planFlush(): void {
    if (this.flushPlanned || this.closed) return;
    this.flushPlanned = true;
    this.afterTurn(() => {
      this.flushPlanned = false;
      this.flush();
    });
  }

  private flush(): void {
    while (!this.closed && this.line.writable) {
      this.catchUpWaiting();
      const bytes = this.outbox.bytes;
      const batch = this.outbox.takeBatch();
      if (batch.length === 0) return;
      this.statistics.messages += batch.length;
      this.statistics.bytes += bytes - this.outbox.bytes;
      this.line.sendData(batch);
    }
  }

  private catchUpWaiting(): void {
    for (const membership of this.waiting) {
      if (!this.outbox.hasRoom) return;
      this.waiting.delete(membership);
      membership.catchUp();
    }
  }

  private dropAsSlow(): void {
    if (this.closed) return;
    this.statistics.slowClients++;
    const waiting = `${this.outbox.length} messages of ${this.outbox.bytes} bytes wait`;
    this.line.sendError(new FeedError(4408, `The client reads too slowly: ${waiting}.`).toBody());
    this.close();
    this.line.close();
  }
}

function acked(channel: FeedChannel): AckedChannel {
  const { name, epoch, sequence, state, request } = channel;
  return { ch: name, epoch, seq: sequence, state, request };
}
