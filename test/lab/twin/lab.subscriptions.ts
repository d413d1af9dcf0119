import type { ViolationRule } from '@exchange-stream/simulator';
import type { LabAccount } from './lab.account.ts';
import type { ConnectionSurroundings, LabConnection } from './lab.connection.ts';
import { LabError } from './lab.errors.ts';
import type { TopicOutcome } from './lab.replies.ts';
import { isShared, parseTopic, symbolOf, type LabTopic } from './lab.topics.ts';

/** Of frames whose topic has no number: nobody subscribed it. */
const NO_CHANNEL = 999_999;

/** The topics of one connection and their numbers. */
export class LabSubscriptions {
  readonly names = new Set<string>();
  private readonly channels = new Map<string, number>();
  /** What has been added and not yet been welcomed. */
  private newcomers: string[] = [];

  constructor(
    private readonly connection: LabConnection,
    private readonly surroundings: ConnectionSurroundings,
    private readonly violate: (rule: ViolationRule, detail: string) => void,
  ) {}

  channelOf(topic: string): number {
    return this.channels.get(topic) ?? NO_CHANNEL;
  }

  /** Takes what can be taken. In the dialect `request` all topics or none. @returns the error that refuses all of them */
  add(topics: readonly string[]): readonly TopicOutcome[] | LabError {
    const wanted = new Set(this.names);
    const errors = new Map<string, LabError>();
    for (const name of topics) {
      const error = this.objectionTo(name, wanted);
      if (error === undefined) wanted.add(name);
      else errors.set(name, error);
    }
    const [first] = errors.values();
    if (first !== undefined && this.surroundings.dialects.acks === 'request') return first;
    return topics.map((topic) => {
      const error = errors.get(topic);
      if (error !== undefined) return { topic, error };
      this.join(topic);
      return { topic, channel: this.channelOf(topic) };
    });
  }

  release(topics: readonly string[]): readonly TopicOutcome[] {
    return topics.map((topic) => {
      const channel = this.channels.get(topic);
      this.leave(topic);
      return { topic, ...(channel !== undefined && { channel }) };
    });
  }

  releaseAll(): void {
    for (const name of [...this.names]) this.leave(name);
  }

  /** Sends what comes at once after a subscription: after its acknowledgement. */
  welcome(): void {
    const { publisher, privateTopics, notices, market } = this.surroundings;
    const newcomers = this.newcomers;
    this.newcomers = [];
    const halted = new Set<string>();
    for (const name of newcomers) {
      const topic = this.names.has(name) ? this.topicOf(name) : undefined;
      if (topic === undefined) continue;
      const symbol = symbolOf(topic);
      const listed = symbol === undefined ? undefined : market.find(symbol);
      if (symbol !== undefined && listed && market.isHalted(listed)) halted.add(symbol);
      if ('symbol' in topic) publisher.welcome(name, topic, this.connection);
      else if (topic.kind === 'notices') notices.welcome(this.connection);
      else if (isShared(topic)) {
        publisher.welcomeToAll(name, this.connection);
        for (const each of market.markets) if (market.isHalted(each)) halted.add(each.instrument.symbol);
      } else if (this.account !== undefined) privateTopics.welcome(topic.kind, this.connection, this.account);
    }
    for (const symbol of halted) this.connection.link.transmit(JSON.stringify({ notice: 'halted', symbol }));
  }

  private get account(): LabAccount | undefined {
    const { account } = this.connection;
    return account === undefined ? undefined : this.surroundings.accounts.of(account);
  }

  /** @param wanted the topics that the connection would carry before this one */
  private objectionTo(name: string, wanted: ReadonlySet<string>): LabError | undefined {
    const { dialects, limits, hiddenTopicsPerConnection } = this.surroundings;
    if (this.topicOf(name) === undefined && dialects.unknownTopics === 'refused')
      return new LabError(1, 'unknown topic');
    if (wanted.has(name)) return undefined;
    const variant = otherBook(name);
    if (dialects.exclusiveBooks && variant !== undefined && wanted.has(variant)) {
      this.violate('exclusive-topics', `${name} beside ${variant}`);
      return new LabError(5, `${variant} is subscribed here`);
    }
    if (wanted.size >= limits.topicsPerConnection) {
      this.violate('topics-per-connection', `more than ${limits.topicsPerConnection} topics`);
      return new LabError(2, 'too many topics on this connection');
    }
    return wanted.size >= hiddenTopicsPerConnection
      ? new LabError(2, 'too many topics on this connection')
      : undefined;
  }

  private join(name: string): void {
    this.names.add(name);
    if (!this.channels.has(name)) this.channels.set(name, this.freeChannel());
    this.newcomers.push(name);
    const topic = this.topicOf(name);
    if (topic !== undefined) this.surroundings.topics.join(name, topic, this.connection);
  }

  private leave(name: string): void {
    this.names.delete(name);
    this.channels.delete(name);
    this.surroundings.topics.leave(name, this.connection);
  }

  private freeChannel(): number {
    const taken = new Set(this.channels.values());
    let channel = 1;
    while (taken.has(channel)) channel++;
    return channel;
  }

  private topicOf(name: string): LabTopic | undefined {
    const { market } = this.surroundings;
    return parseTopic(name, this.connection.place, (symbol) => market.find(symbol) !== undefined);
  }
}

/** The variant of a symbol's book that `exclusiveBooks` excludes. */
function otherBook(name: string): string | undefined {
  if (name.startsWith('book:')) return `book10:${name.slice('book:'.length)}`;
  if (name.startsWith('book10:')) return `book:${name.slice('book10:'.length)}`;
  return undefined;
}
