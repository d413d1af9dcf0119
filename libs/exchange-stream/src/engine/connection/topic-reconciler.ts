import type { Timer } from '@exchange-stream/market-data';
import type { ControlFrame, Refusal, Session } from '../../contract/index.ts';
import type { RequestOutcome } from '../lifecycle/exchange-counters.ts';
import type { Lane } from '../limits/budget.ts';
import type { Platform } from '../platform/platform.ts';
import type { SubscriptionFailure } from '../subscription/subscription-state.ts';
import type { ConnectionSettings } from './connection.ts';
import type { TopicHolder } from './topic-holder.ts';
import { Topic } from './topic.ts';
import type { WireStream } from './wire-stream.ts';

/** Requests for one topic, the first included, before it is given up. */
const MAX_ATTEMPTS = 3;

interface PendingReply {
  readonly wants: 'in' | 'out';
  readonly topics: readonly string[];
  readonly deadline: Timer;
  readonly sentAt: number;
}

/** A message that waits for the message budget. */
interface Unsent {
  readonly topics: readonly string[];
  readonly withdraw: () => void;
}

/** What a reconciler needs of its connection. */
export interface ReconcilerConnection {
  /** Calls `send` when the message budgets allow. Returns a function that withdraws it until then. */
  post(lane: Lane, weight: number, send: () => void): () => void;
  send(frame: string): void;
  /** A request has been answered, or not in time. */
  answered(outcome: RequestOutcome, afterMs: number): void;
  /** No topic is left on the connection. */
  emptied(): void;
  /** A topic is gone from the connection. */
  released(topic: string): void;
  /** The exchange takes no topic beside the so many that the connection carries. */
  full(carried: number): void;
}

/**
 * Makes the topics on one connection what they should be: subscribes what is wanted and not there, unsubscribes what is
 * there and not wanted, within the connection's limits, after every reconnect anew.
 */
export class TopicReconciler {
  private readonly topics = new Map<string, Topic>();
  private readonly pending = new Map<string, PendingReply>();
  /** By topic, the message that asks for it and has not been sent. */
  private readonly unsent = new Map<string, Unsent>();
  private session: Session<WireStream> | undefined;
  private scheduled: Timer | undefined;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly platform: Platform,
    private readonly connection: ReconcilerConnection,
  ) {}

  /** Topics on the connection or on their way there; those on their way out count until they are gone. */
  get size(): number {
    return this.topics.size;
  }

  /** Where frames of a topic go. */
  stream(name: string): WireStream | undefined {
    const topic = this.topics.get(name);
    return topic && topic.holders.size > 0 ? topic : undefined;
  }

  /** Takes a topic up for somebody. */
  add(name: string, holder: TopicHolder): void {
    let topic = this.topics.get(name);
    if (!topic) {
      topic = new Topic(name);
      this.topics.set(name, topic);
    }
    topic.add(holder);
    if (topic.phase === 'leaving') topic.phase = 'wanted';
    if (topic.phase === 'unwanted') topic.phase = topic.before;
    if (topic.phase === 'confirmed') holder.acked();
    else this.schedule();
  }

  /** Puts one holder of a topic in the place of another; nothing changes on the wire. */
  replace(name: string, holder: TopicHolder, by: TopicHolder): void {
    this.topics.get(name)?.replace(holder, by);
  }

  /** Whether any topic may bring data: not all of their markets have stopped. */
  get expectsData(): boolean {
    for (const topic of this.topics.values())
      for (const holder of topic.holders) if (!holder.isHalted) return true;
    return this.topics.size === 0;
  }

  /** Lets somebody go; the last one of a topic takes it off the wire. */
  remove(name: string, holder: TopicHolder): void {
    const topic = this.topics.get(name);
    if (!topic?.remove(holder) || topic.holders.size > 0) return;
    if (topic.phase === 'requested') this.withdraw(topic);
    if (topic.phase !== 'leaving') this.letGo(topic);
  }

  /** Gives a confirmed topic back and asks for it again; its data flows on meanwhile, should any come. */
  renew(name: string, reason: string): void {
    const topic = this.topics.get(name);
    if (topic?.phase !== 'confirmed') return;
    topic.phase = 'renewed';
    for (const holder of topic.holders) holder.subscribing(reason);
    this.schedule();
  }

  /** A fresh socket is open: everything wanted has to be asked for. */
  opened(session: Session<WireStream>): void {
    this.session = session;
    this.reconcile();
  }

  /** The socket is gone, and with it whatever was on it or on its way. */
  lost(reason: string): void {
    this.startOver((holder) => holder.lost(reason));
  }

  /** The exchange pauses on the open socket: everything has to be asked for again, and nothing before it is `opened` anew. */
  paused(reason: string): void {
    this.startOver((holder) => holder.paused(reason));
  }

  /** The pause is over. */
  resumed(session: Session<WireStream>, reason: string): void {
    for (const topic of this.topics.values()) for (const holder of topic.holders) holder.resumed(reason);
    this.opened(session);
  }

  private startOver(tell: (holder: TopicHolder) => void): void {
    this.stop();
    for (const topic of [...this.topics.values()]) {
      if (topic.holders.size === 0) this.drop(topic);
      topic.phase = 'wanted';
      topic.attempts = 0;
      topic.alone = topic.isDoubtful = false;
      for (const holder of topic.holders) tell(holder);
    }
    if (this.topics.size === 0) this.connection.emptied();
  }

  reply(key: string, refusal: Refusal | undefined): boolean {
    const reply = this.pending.get(key);
    if (!reply) return false;
    this.settle(key, reply);
    this.answered(refusal ? 'refused' : 'confirmed', reply.sentAt);
    if (reply.wants === 'out') this.left(reply.topics);
    else if (refusal) {
      if (refusal.connectionIsFull && this.overflowed(reply.topics)) return true;
      this.refused(reply.topics, 'rejected', `the exchange refused: ${refusal.message}`, refusal.temporary);
    } else this.confirmed(reply.topics);
    return true;
  }

  /**
   * Sends a message that is about no topic, within the limits; `leaves` is called when it is about to. Returns a function
   * that gives up waiting.
   */
  request(frame: string, lane: Lane, weight: number, leaves: () => void): () => void {
    return this.connection.post(lane, weight, () => {
      leaves();
      this.connection.send(frame);
    });
  }

  /** Gives up every topic for good. */
  giveUpAll(failure: SubscriptionFailure, reason: string): void {
    for (const topic of [...this.topics.values()]) this.giveUp(topic, failure, reason, false);
  }

  /** Ends all waiting. */
  stop(): void {
    this.session = undefined;
    this.scheduled?.cancel();
    this.scheduled = undefined;
    // The connection sends nothing of what waits.
    this.unsent.clear();
    for (const [key, reply] of this.pending) this.settle(key, reply);
  }

  /** Changes made in one go are asked for in one go. */
  private schedule(): void {
    if (!this.session || this.scheduled) return;
    this.scheduled = this.platform.clock.after(0, () => this.reconcile());
  }

  private reconcile(): void {
    this.scheduled?.cancel();
    this.scheduled = undefined;
    const { session } = this;
    if (!session) return;
    const leaving: string[] = [];
    const together: string[] = [];
    const alone: string[][] = [];
    for (const topic of this.topics.values()) {
      if (topic.phase === 'unwanted' || topic.phase === 'renewed') {
        topic.phase = 'leaving';
        leaving.push(topic.topic);
      }
      if (topic.phase !== 'wanted') continue;
      if (topic.alone) alone.push([topic.topic]);
      else together.push(topic.topic);
    }
    const { safe } = this.settings.endpoint.limits.topicsPerMessage;
    for (const chunk of chunks(leaving, safe))
      this.askWithin('out', chunk, (topics) => session.unsubscribe(topics));
    for (const chunk of [...chunks(together, safe), ...alone])
      this.askWithin('in', chunk, (topics) => session.subscribe(topics));
  }

  private requested(name: string): void {
    const topic = this.topics.get(name);
    if (!topic) return;
    topic.phase = 'requested';
    topic.attempts++;
    for (const holder of topic.holders) holder.attempts = topic.attempts;
    this.tell(name, askedReason(topic.attempts));
  }

  private tell(name: string, reason: string): void {
    const topic = this.topics.get(name);
    if (topic?.phase === 'requested') for (const holder of topic.holders) holder.subscribing(reason);
  }

  /** Asks for topics in frames that the exchange takes: halves them until no frame is too large. */
  private askWithin(
    wants: 'in' | 'out',
    topics: readonly string[],
    build: (topics: readonly string[]) => readonly ControlFrame[],
  ): void {
    const frames = build(topics);
    const largest = Math.max(0, ...frames.map(({ frame }) => Buffer.byteLength(frame)));
    const { safe } = this.settings.endpoint.limits.bytesPerMessage ?? { safe: Infinity };
    if (largest <= safe) {
      if (wants === 'in') for (const name of topics) this.requested(name);
      return this.ask(wants, topics, frames);
    }
    if (topics.length > 1) {
      const half = Math.ceil(topics.length / 2);
      this.askWithin(wants, topics.slice(0, half), build);
      this.askWithin(wants, topics.slice(half), build);
    } else if (wants === 'out') this.left(topics);
    else {
      for (const name of topics) this.requested(name);
      const reason = `the request takes ${largest} bytes, and the exchange takes at most ${safe} a message`;
      this.refused(topics, 'rejected', reason, false);
    }
  }

  private ask(wants: 'in' | 'out', topics: readonly string[], frames: readonly ControlFrame[]): void {
    const isSilent = frames.every(({ replies }) => replies.length === 0);
    const last = frames.at(-1);
    for (const control of frames) {
      // Where nothing is answered, to have asked is all there is.
      const isAll = wants === 'in' && isSilent && control === last;
      this.post(wants, control, isAll ? topics : []);
    }
    // Unsubscribed topics are no longer routed; without an answer to wait for they are gone.
    if (wants === 'out' && isSilent) this.left(topics);
  }

  /** @param unanswered topics that are confirmed as soon as the message has been sent */
  private post(wants: 'in' | 'out', control: ControlFrame, unanswered: readonly string[]): void {
    const { frame, weight = 1, replies } = control;
    const topics = wants === 'in' ? [...replies.flatMap((reply) => reply.topics), ...unanswered] : [];
    let isSent = false;
    const withdraw = this.connection.post(wants === 'out' ? 'cancel' : 'subscribe', weight, () => {
      isSent = true;
      for (const name of topics) {
        if (this.unsent.delete(name)) this.tell(name, askedReason(this.topics.get(name)?.attempts ?? 1));
      }
      for (const { key, topics } of replies) this.expect(key, wants, topics);
      this.connection.send(frame);
      this.confirmed(unanswered);
    });
    if (isSent) return;
    for (const name of topics) {
      this.unsent.set(name, { topics, withdraw });
      this.tell(name, 'waiting for the message budget');
    }
  }

  /** Nobody wants the topic any more: a message that asks for it and has not been sent is not sent. */
  private withdraw({ topic: unwanted }: Topic): void {
    const message = this.unsent.get(unwanted);
    if (!message) return;
    message.withdraw();
    for (const name of message.topics) {
      this.unsent.delete(name);
      const topic = this.topics.get(name);
      if (topic?.phase !== 'requested') continue;
      topic.phase = 'wanted';
      topic.attempts--;
    }
    this.schedule();
  }

  private expect(key: string, wants: 'in' | 'out', topics: readonly string[]): void {
    const { ackDeadlineMs } = this.settings.endpoint;
    const sentAt = this.platform.clock.monotonic();
    const deadline = this.platform.clock.after(ackDeadlineMs, () => {
      this.pending.delete(key);
      this.answered('timeout', sentAt);
      if (wants === 'out') this.left(topics);
      else {
        for (const name of topics) this.doubt(name);
        this.refused(topics, 'ack-timeout', `no ack within ${ackDeadlineMs} ms`, true);
      }
    });
    this.pending.set(key, { wants, topics, deadline, sentAt });
  }

  private answered(outcome: RequestOutcome, sentAt: number): void {
    this.connection.answered(outcome, this.platform.clock.monotonic() - sentAt);
  }

  private settle(key: string, reply: PendingReply): void {
    this.pending.delete(key);
    reply.deadline.cancel();
  }

  private confirmed(names: readonly string[]): void {
    for (const name of names) {
      const topic = this.topics.get(name);
      if (topic?.phase === 'unwanted' && topic.before === 'requested') topic.before = 'confirmed';
      if (topic?.phase !== 'requested') continue;
      topic.phase = 'confirmed';
      topic.attempts = 0;
      for (const holder of topic.holders) holder.acked();
    }
  }

  private refused(
    names: readonly string[],
    failure: SubscriptionFailure,
    reason: string,
    temporary: boolean,
  ): void {
    for (const name of names) {
      const topic = this.topics.get(name);
      if (topic?.phase === 'unwanted' && topic.before === 'requested') topic.before = 'wanted';
      if (topic?.phase !== 'requested') continue;
      if (names.length > 1 && !temporary) topic.alone = true;
      else if (!temporary || topic.attempts >= MAX_ATTEMPTS) {
        this.giveUp(topic, failure, reason, temporary);
        continue;
      }
      topic.phase = 'wanted';
    }
    this.schedule();
  }

  /**
   * The exchange takes no more topics on this connection: what it refused, and what was yet to be asked for, goes
   * elsewhere. Returns whether that is so; a connection that carries nothing is not full.
   */
  private overflowed(names: readonly string[]): boolean {
    const topics = [...this.topics.values()];
    const carried = topics.filter(({ phase }) => phase !== 'wanted' && phase !== 'requested').length;
    if (carried === 0 && names.length === 1) return false;
    const refused = names
      .map((name) => this.topics.get(name))
      .filter((topic): topic is Topic => topic?.phase === 'requested');
    if (carried === 0) {
      // More at once than fit: one by one they show how many do.
      for (const topic of refused) {
        topic.alone = true;
        topic.phase = 'wanted';
      }
      this.schedule();
      return true;
    }
    this.connection.full(carried);
    for (const topic of [...refused, ...topics.filter(({ phase }) => phase === 'wanted')]) {
      const displaced = topic.clear();
      this.letGo(topic);
      // Another connection carries it from here on, even while it leaves this one.
      this.connection.released(topic.topic);
      for (const holder of displaced) holder.displaced();
    }
    return true;
  }

  private giveUp(topic: Topic, failure: SubscriptionFailure, reason: string, temporary: boolean): void {
    const given = topic.clear();
    // A request that was only refused leaves nothing behind at the exchange.
    topic.phase = 'wanted';
    this.letGo(topic);
    for (const holder of given) holder.gaveUp(failure, reason, temporary);
  }

  /** The exchange may have done what it was asked, and said so in vain. */
  private doubt(name: string): void {
    const topic = this.topics.get(name);
    if (topic) topic.isDoubtful = true;
  }

  /** Nobody wants the topic: takes it off the wire, if it can be there. */
  private letGo(topic: Topic): void {
    const { phase } = topic;
    if (phase === 'wanted' && !topic.isDoubtful) return this.forget(topic);
    topic.before = phase === 'wanted' || phase === 'requested' ? phase : 'confirmed';
    topic.phase = 'unwanted';
    this.schedule();
  }

  private left(names: readonly string[]): void {
    for (const name of names) {
      const topic = this.topics.get(name);
      if (topic) topic.isDoubtful = false;
      if (topic?.phase !== 'leaving') continue;
      if (topic.holders.size === 0) this.forget(topic);
      else {
        topic.phase = 'wanted';
        this.schedule();
      }
    }
  }

  private drop(topic: Topic): void {
    this.topics.delete(topic.topic);
    this.connection.released(topic.topic);
  }

  private forget(topic: Topic): void {
    this.drop(topic);
    if (this.topics.size === 0) this.connection.emptied();
  }
}

function askedReason(attempt: number): string {
  return attempt === 1 ? 'asked of the exchange' : `asked again, attempt ${attempt}`;
}

function chunks(topics: readonly string[], size: number): string[][] {
  const parts: string[][] = [];
  for (let start = 0; start < topics.length; start += size) parts.push(topics.slice(start, start + size));
  return parts;
}
