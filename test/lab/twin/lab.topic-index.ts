import type { LabConnection } from './lab.connection.ts';
import { isShared, symbolOf, type LabTopic } from './lab.topics.ts';

/** How far one connection has followed a topic. */
export interface Follower {
  /** Update of the book that it saw last (`book10`). */
  seenUpdateId: number;
  /** Whether it has received what it begins with: a whole book (`book`), all values (`values`). */
  hasWhole: boolean;
}

/** One topic that somebody receives. */
export interface LiveTopic {
  readonly name: string;
  readonly topic: LabTopic;
  readonly followers: Map<LabConnection, Follower>;
}

const NONE: ReadonlySet<LiveTopic> = new Set();
/** Topics of no symbol. */
const ACCOUNT = '';

/** Who receives which topic, found by the symbol that something happened to. */
export class LabTopicIndex {
  private readonly byName = new Map<string, LiveTopic>();
  private readonly bySymbol = new Map<string, Set<LiveTopic>>();

  /** Who follows the topic already begins anew. */
  join(name: string, topic: LabTopic, connection: LabConnection): void {
    const live = this.byName.get(name) ?? this.open(name, topic);
    live.followers.set(connection, { seenUpdateId: -1, hasWhole: false });
  }

  leave(name: string, connection: LabConnection): void {
    const live = this.byName.get(name);
    if (live === undefined) return;
    live.followers.delete(connection);
    if (live.followers.size > 0) return;
    this.byName.delete(name);
    const symbol = symbolOf(live.topic) ?? ACCOUNT;
    const siblings = this.bySymbol.get(symbol);
    siblings?.delete(live);
    if (siblings?.size === 0) this.bySymbol.delete(symbol);
  }

  of(symbol: string): ReadonlySet<LiveTopic> {
    return this.bySymbol.get(symbol) ?? NONE;
  }

  get ofAccounts(): ReadonlySet<LiveTopic> {
    return this.of(ACCOUNT);
  }

  /** Those of all symbols together. */
  get shared(): readonly LiveTopic[] {
    return [...this.of(ACCOUNT)].filter(({ topic }) => isShared(topic));
  }

  private open(name: string, topic: LabTopic): LiveTopic {
    const live = { name, topic, followers: new Map<LabConnection, Follower>() };
    this.byName.set(name, live);
    const symbol = symbolOf(topic) ?? ACCOUNT;
    const siblings = this.bySymbol.get(symbol) ?? new Set();
    this.bySymbol.set(symbol, siblings.add(live));
    return live;
  }
}
