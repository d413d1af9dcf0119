import type { BybitConnection } from './bybit.connection.ts';
import type { SocketKind } from './bybit.category.ts';
import type { Feed, Payload } from './bybit.feed.ts';
import type { Topic } from './bybit.topics.ts';

/** A topic that somebody has asked for. It stays, so that its numbers go on when somebody asks again. */
export interface LiveTopic {
  readonly kind: SocketKind;
  readonly name: string;
  readonly topic: Topic;
  readonly feed: Feed;
  readonly subscribers: Set<BybitConnection>;
}

const NONE: ReadonlySet<LiveTopic> = new Set();

/** Who receives which topic, found by what happened: in a market, or on the platform. */
export class TopicIndex {
  private readonly all = new Map<string, LiveTopic>();
  private readonly heard = new Map<string, Set<LiveTopic>>();

  /**
   * @param open makes the feed of a topic
   * @param sourceOf what a topic tells of: a market, all options on a coin, or the platform
   */
  constructor(
    private readonly open: (kind: SocketKind, topic: Topic, name: string, send: Send) => Feed,
    private readonly sourceOf: (kind: SocketKind, topic: Topic) => string,
  ) {}

  /** The topic, opened if nobody has asked for it yet. */
  of(kind: SocketKind, name: string, topic: Topic): LiveTopic {
    const key = keyOf(kind, name);
    const known = this.all.get(key);
    if (known !== undefined) return known;
    const subscribers = new Set<BybitConnection>();
    const send = (frame: Payload): void => {
      const text = JSON.stringify(frame);
      // A copy: a transport may close a connection while it is being sent to.
      for (const connection of [...subscribers]) connection.sendData(name, text);
    };
    const live = { kind, name, topic, feed: this.open(kind, topic, name, send), subscribers };
    this.all.set(key, live);
    return live;
  }

  find(kind: SocketKind, name: string): LiveTopic | undefined {
    return this.all.get(keyOf(kind, name));
  }

  /** @returns the first frame for the newcomer; undefined where there is none */
  join(live: LiveTopic, connection: BybitConnection): Payload | undefined {
    const greeting = live.feed.greeting(live.subscribers.size === 0);
    live.subscribers.add(connection);
    const source = this.sourceOf(live.kind, live.topic);
    const topics = this.heard.get(source) ?? new Set();
    this.heard.set(source, topics.add(live));
    return greeting;
  }

  leave(kind: SocketKind, name: string, connection: BybitConnection): void {
    const live = this.find(kind, name);
    if (live === undefined) return;
    live.subscribers.delete(connection);
    if (live.subscribers.size === 0) this.heard.get(this.sourceOf(kind, live.topic))?.delete(live);
  }

  /** The topics of a source to which somebody listens. */
  from(source: string): Iterable<LiveTopic> {
    return [...(this.heard.get(source) ?? NONE)];
  }

  get everyHeard(): readonly LiveTopic[] {
    return [...this.heard.values()].flatMap((topics) => [...topics]);
  }
}

export type Send = (frame: Payload) => void;

function keyOf(kind: SocketKind, name: string): string {
  return `${kind} ${name}`;
}
