import type { BookView } from './kraken.book-view.ts';
import type { KrakenConnection } from './kraken.connection.ts';
import type { ChannelKind, KrakenTopic } from './kraken.topics.ts';

/** One topic that somebody receives. */
export interface LiveTopic {
  readonly topic: KrakenTopic;
  readonly followers: Set<KrakenConnection>;
  /** Of books: what its followers hold. */
  readonly view: BookView | undefined;
}

const NONE: ReadonlySet<LiveTopic> = new Set();

/** Who receives which topic, found by what it tells of. */
export class KrakenTopicIndex {
  private readonly byName = new Map<string, LiveTopic>();
  private readonly bySubject = new Map<string, Set<LiveTopic>>();

  /** @param viewOf made when a topic gets its first follower */
  constructor(private readonly viewOf: (topic: KrakenTopic) => BookView | undefined) {}

  join(topic: KrakenTopic, connection: KrakenConnection): LiveTopic {
    const live = this.byName.get(topic.name) ?? this.open(topic);
    live.followers.add(connection);
    return live;
  }

  leave(name: string, connection: KrakenConnection): void {
    const live = this.byName.get(name);
    if (live === undefined) return;
    live.followers.delete(connection);
    if (live.followers.size > 0) return;
    this.byName.delete(name);
    const key = keyOf(live.topic.kind, live.topic.symbol);
    const siblings = this.bySubject.get(key);
    siblings?.delete(live);
    if (siblings?.size === 0) this.bySubject.delete(key);
  }

  /** Those of one channel that tell of a symbol: of books one for each depth, of candles one for each interval. */
  of(kind: ChannelKind, symbol: string): ReadonlySet<LiveTopic> {
    return this.bySubject.get(keyOf(kind, symbol)) ?? NONE;
  }

  private open(topic: KrakenTopic): LiveTopic {
    const live = { topic, followers: new Set<KrakenConnection>(), view: this.viewOf(topic) };
    this.byName.set(topic.name, live);
    const key = keyOf(topic.kind, topic.symbol);
    const siblings = this.bySubject.get(key) ?? new Set();
    this.bySubject.set(key, siblings.add(live));
    return live;
  }
}

function keyOf(kind: ChannelKind, symbol: string): string {
  return `${kind}:${symbol}`;
}

/** Sends one frame to everybody. */
export function publish({ topic, followers }: LiveTopic, text: string): void {
  // A copy: a transport may close a connection while it is being sent to.
  for (const connection of [...followers]) connection.sendData(topic.name, text);
}
