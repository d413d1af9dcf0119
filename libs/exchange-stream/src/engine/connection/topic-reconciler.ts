import { PRIVATE_CHANNELS, type Channel, type Timer } from '@exchange-stream/market-data';
import type { Refusal, Session } from '../../contract/index.ts';
import type { AuditedTopic } from '../audit/audited.ts';
import type { Platform } from '../platform/platform.ts';
import type { SubscriptionFailure } from '../subscription/subscription-state.ts';
import type { ConnectionSettings } from './connection.ts';
import type { TopicHolder } from './topic-holder.ts';
import { TopicRequests, type RequestConnection } from './topic-requests.ts';
import { Topic } from './topic.ts';
import type { WireStream } from './wire-stream.ts';

/** Requests for one topic, the first included, before it is given up. */
const MAX_ATTEMPTS = 3;

/** Channels of which nothing may come for hours, as of an account at rest: their silence says nothing of a connection. */
const RARE: ReadonlySet<Channel> = new Set(['liquidations', 'status', ...PRIVATE_CHANNELS]);

/** What a reconciler needs of its connection. */
export interface ReconcilerConnection extends RequestConnection {
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
  private letters = 0;
  private readonly requests: TopicRequests;
  private session: Session<WireStream> | undefined;
  private scheduled: Timer | undefined;

  constructor(
    private readonly settings: ConnectionSettings,
    private readonly platform: Platform,
    private readonly connection: ReconcilerConnection,
  ) {
    this.requests = new TopicRequests(settings.endpoint, platform.clock, connection, {
      requested: (topic) => this.requested(topic),
      delayed: (topics) => this.tell(topics, () => 'waiting for the message budget'),
      sent: (topics) => this.tell(topics, ({ attempts }) => askedReason(attempts)),
      confirmed: (topics) => this.confirmed(topics),
      refused: (topics, refusal) => this.refused(topics, refusal),
      failed: (...failure) => this.failed(...failure),
      left: (topics) => this.left(topics),
    });
  }

  /** Topics on the connection or on their way there; those on their way out count until they are gone. */
  get size(): number {
    return this.topics.size;
  }

  /** Characters of their names. */
  get characters(): number {
    return this.letters;
  }

  /** Requests that have left. */
  get asked(): number {
    return this.requests.asked;
  }

  has(name: string): boolean {
    return this.topics.has(name);
  }

  /** Every topic as it stands, for whoever looks from time to time whether all is well. */
  audited(): AuditedTopic[] {
    return [...this.topics.values()].map(({ topic, phase, step, holders }) => ({
      topic,
      phase,
      step,
      isUnsent: this.requests.isUnsent(topic),
      holders: [...holders].map(({ key }) => key),
    }));
  }

  /**
   * Takes a topic on that stays where a deadline should have taken it from. Returns whether that is in hand here: what
   * waits for the message budget, or for an open connection, is not.
   * @param isUnwanted it is there for nobody, whoever holds it
   */
  unstick(name: string, isUnwanted: boolean): boolean {
    const topic = this.topics.get(name);
    if (!topic || !this.session || this.requests.isUnsent(name)) return false;
    const { phase } = topic;
    if (isUnwanted) {
      topic.clear();
      this.letGo(topic);
    } else if (phase === 'leaving') this.left([name]);
    else if (phase === 'requested')
      this.failed([name], 'ack-timeout', 'neither an answer came nor the deadline for it', true);
    this.reconcile();
    return true;
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
      this.letters += name.length;
    }
    topic.add(holder);
    if (topic.phase === 'leaving') topic.phase = 'wanted';
    if (topic.phase === 'unwanted') topic.phase = topic.before;
    if (topic.phase !== 'confirmed') return this.schedule();
    holder.acked();
    topic.tellKnown(holder);
  }

  /** Puts one holder of a topic in the place of another; nothing changes on the wire. */
  replace(name: string, holder: TopicHolder, by: TopicHolder): void {
    this.topics.get(name)?.replace(holder, by);
  }

  /** Whether any topic should bring data: of one whose market has not stopped, and of which there is always some. */
  get expectsData(): boolean {
    for (const topic of this.topics.values())
      for (const { isHalted, rows } of topic.holders) if (!isHalted && !RARE.has(rows.channel)) return true;
    return false;
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

  /** Frames of the open socket are missing, of whatever topics. */
  missed(reason: string): void {
    for (const topic of [...this.topics.values()]) {
      let isToRenew = false;
      for (const holder of [...topic.holders]) if (holder.missed(reason)) isToRenew = true;
      if (isToRenew) this.renew(topic.topic, reason);
    }
  }

  /** A frame of the open socket could not be read. */
  unreadable(reason: string): void {
    for (const topic of [...this.topics.values()])
      for (const holder of [...topic.holders]) holder.unreadable(reason);
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

  /** Gives up every topic for good. */
  giveUpAll(failure: SubscriptionFailure, reason: string): void {
    for (const topic of [...this.topics.values()]) this.giveUp(topic, failure, reason, false);
  }

  /** Ends all waiting. */
  stop(): void {
    this.session = undefined;
    this.scheduled?.cancel();
    this.scheduled = undefined;
    this.requests.stop();
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
      this.requests.ask('out', chunk, (topics) => session.unsubscribe(topics));
    for (const chunk of [...chunks(together, safe), ...alone])
      this.requests.ask('in', chunk, (topics) => session.subscribe(topics));
  }

  private requested(name: string): void {
    const topic = this.topics.get(name);
    if (!topic) return;
    topic.phase = 'requested';
    topic.attempts++;
    for (const holder of topic.holders) holder.attempts = topic.attempts;
    this.tell([name], () => askedReason(topic.attempts));
  }

  private tell(names: readonly string[], reasonOf: (topic: Topic) => string): void {
    for (const name of names) {
      const topic = this.topics.get(name);
      if (topic?.phase !== 'requested') continue;
      for (const holder of topic.holders) holder.subscribing(reasonOf(topic));
    }
  }

  /** Nobody wants the topic any more: a message that asks for it and has not been sent is not sent. */
  private withdraw({ topic: unwanted }: Topic): void {
    const withdrawn = this.requests.withdraw(unwanted);
    for (const name of withdrawn) {
      const topic = this.topics.get(name);
      if (topic?.phase !== 'requested') continue;
      topic.phase = 'wanted';
      topic.attempts--;
    }
    if (withdrawn.length > 0) this.schedule();
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

  private refused(names: readonly string[], refusal: Refusal): void {
    if (refusal.connectionIsFull && this.overflowed(names)) return;
    if (refusal.isOfSeveral) return this.tryAlone(names, refusal);
    this.failed(names, 'rejected', `the exchange refused: ${refusal.message}`, refusal.temporary);
  }

  private tryAlone(names: readonly string[], refusal: Refusal): void {
    for (const name of names) {
      const topic = this.topics.get(name);
      if (topic?.phase === 'unwanted' && topic.before === 'requested') topic.before = 'wanted';
      if (topic?.alone) this.refused([name], { ...refusal, isOfSeveral: false });
      else if (topic?.phase === 'requested') {
        topic.alone = true;
        topic.phase = 'wanted';
      }
    }
    this.schedule();
  }

  private failed(
    names: readonly string[],
    failure: SubscriptionFailure,
    reason: string,
    temporary: boolean,
  ): void {
    for (const name of names) {
      const topic = this.topics.get(name);
      // The exchange may have done what it was asked, and said so in vain.
      if (topic && failure === 'ack-timeout') topic.isDoubtful = true;
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
    if (names.length > 1) {
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
    if (this.topics.delete(topic.topic)) this.letters -= topic.topic.length;
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
