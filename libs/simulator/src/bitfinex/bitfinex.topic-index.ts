import type { BitfinexChannel } from './bitfinex.channel.ts';
import type { BitfinexTopic, ChannelKind } from './bitfinex.topics.ts';

/** One topic that somebody receives. */
export interface LiveTopic {
  readonly topic: BitfinexTopic;
  readonly channels: Set<BitfinexChannel>;
}

const NONE: ReadonlySet<LiveTopic> = new Set();

/** Who receives which topic, found by what it tells of. */
export class BitfinexTopicIndex {
  private readonly byName = new Map<string, LiveTopic>();
  private readonly bySubject = new Map<string, Set<LiveTopic>>();

  join(channel: BitfinexChannel): LiveTopic {
    const live = this.byName.get(channel.topic.name) ?? this.open(channel.topic);
    live.channels.add(channel);
    return live;
  }

  leave(channel: BitfinexChannel): void {
    const { topic } = channel;
    const live = this.byName.get(topic.name);
    if (live === undefined) return;
    live.channels.delete(channel);
    if (live.channels.size > 0) return;
    this.byName.delete(topic.name);
    const key = keyOf(topic.kind, topic.symbol);
    const siblings = this.bySubject.get(key);
    siblings?.delete(live);
    if (siblings?.size === 0) this.bySubject.delete(key);
  }

  find({ name }: BitfinexTopic): LiveTopic | undefined {
    return this.byName.get(name);
  }

  /** Those of one channel that tell of something: of books one for each view, of candles one for each key. */
  of(kind: ChannelKind, symbol: string): ReadonlySet<LiveTopic> {
    return this.bySubject.get(keyOf(kind, symbol)) ?? NONE;
  }

  /** All that somebody receives, in the order in which they were asked for. */
  get all(): IterableIterator<LiveTopic> {
    return this.byName.values();
  }

  private open(topic: BitfinexTopic): LiveTopic {
    const live = { topic, channels: new Set<BitfinexChannel>() };
    this.byName.set(topic.name, live);
    const key = keyOf(topic.kind, topic.symbol);
    const siblings = this.bySubject.get(key) ?? new Set();
    this.bySubject.set(key, siblings.add(live));
    return live;
  }
}

function keyOf(kind: ChannelKind, symbol: string): string {
  return `${kind} ${symbol}`;
}

/** Sends the same to everybody. */
export function publish({ channels }: LiveTopic, body: string): void {
  // A copy: a transport may close a connection while it is being sent to.
  for (const channel of [...channels]) channel.send(body);
}
