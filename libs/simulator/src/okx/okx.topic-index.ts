import type { OkxConnection } from './okx.connection.ts';
import type { ChannelKind, OkxTopic } from './okx.topics.ts';

/** How far one connection has followed a topic. */
export interface Follower {
  /** Whether it has received a whole book (`books`, `books-rpi`). */
  hasWhole: boolean;
  /** Update of the book that it saw last (`books5`, `bbo-tbt`). */
  seenUpdateId: number;
}

/** One topic that somebody receives. */
export interface LiveTopic {
  readonly topic: OkxTopic;
  readonly followers: Map<OkxConnection, Follower>;
}

const NONE: ReadonlySet<LiveTopic> = new Set();

/** Who receives which topic, found by what it tells of. */
export class OkxTopicIndex {
  private readonly byName = new Map<string, LiveTopic>();
  private readonly bySubject = new Map<string, Set<LiveTopic>>();

  /** Who follows the topic already begins anew: nothing comes twice. */
  join(topic: OkxTopic, connection: OkxConnection): void {
    const live = this.byName.get(topic.name) ?? this.open(topic);
    live.followers.set(connection, { hasWhole: false, seenUpdateId: -1 });
  }

  leave(name: string, connection: OkxConnection): void {
    const live = this.byName.get(name);
    if (live === undefined) return;
    live.followers.delete(connection);
    if (live.followers.size > 0) return;
    this.byName.delete(name);
    const key = keyOf(live.topic.kind, live.topic.subject);
    const siblings = this.bySubject.get(key);
    siblings?.delete(live);
    if (siblings?.size === 0) this.bySubject.delete(key);
  }

  /** Those of one channel that tell of something; of candles one for each bar. */
  of(kind: ChannelKind, subject: string): ReadonlySet<LiveTopic> {
    return this.bySubject.get(keyOf(kind, subject)) ?? NONE;
  }

  /** All that somebody receives, in the order in which they were asked for. */
  get all(): IterableIterator<LiveTopic> {
    return this.byName.values();
  }

  private open(topic: OkxTopic): LiveTopic {
    const live = { topic, followers: new Map<OkxConnection, Follower>() };
    this.byName.set(topic.name, live);
    const key = keyOf(topic.kind, topic.subject);
    const siblings = this.bySubject.get(key) ?? new Set();
    this.bySubject.set(key, siblings.add(live));
    return live;
  }
}

function keyOf(kind: ChannelKind, subject: string): string {
  return `${kind}:${subject}`;
}

/** Sends one frame to everybody, or to those who are meant. */
export function publish(live: LiveTopic, text: string, isMeant?: (follower: Follower) => boolean): void {
  // A copy: a transport may close a connection while it is being sent to.
  for (const [connection, follower] of [...live.followers])
    if (isMeant === undefined || isMeant(follower)) connection.sendData(live.topic.name, text);
}
