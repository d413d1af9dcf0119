import { BestLevels } from './bitfinex.best-levels.ts';
import { isFunding, parseTopic, topics, type PayloadKind } from './bitfinex.topics.ts';

/** Channels of one socket that are remembered: many more than Bitfinex opens. */
const MAX_CHANNELS = 1_000;

/** A channel that Bitfinex has opened on a socket. */
export interface OpenChannel {
  readonly topic: string;
  /** The form of its payload; undefined where no channel of ours is made of it. */
  readonly kind: PayloadKind | undefined;
  readonly nativeSymbol: string;
  readonly isFunding: boolean;
  /** Of candles. */
  readonly interval: string;
  /** Its snapshot has come. */
  hasBegun: boolean;
  /** Of a book of one level each side, of which quotes are made. */
  readonly best: BestLevels | undefined;
}

/** What each number of a channel means, on one socket and nowhere else. */
export class OpenChannels {
  private readonly byId = new Map<number, OpenChannel>();
  private readonly ids = new Map<string, number>();
  /** Numbers of channels that nobody waited for: the answer to giving them back is for nobody either. */
  private readonly givenBack = new Set<number>();

  find(chanId: number): OpenChannel | undefined {
    return this.byId.get(chanId);
  }

  /** Bitfinex has opened a channel, or says that it is open. */
  open(chanId: number, topic: string): void {
    // Twice the same: what has come of it counts.
    if (this.byId.get(chanId)?.topic === topic) return;
    if (this.byId.size >= MAX_CHANNELS) return;
    this.closed(chanId);
    this.leave(topic);
    const parsed = parseTopic(topic);
    const nativeSymbol = parsed?.nativeSymbol ?? '';
    this.ids.set(topic, chanId);
    this.byId.set(chanId, {
      topic,
      kind: parsed?.kind,
      nativeSymbol,
      isFunding: isFunding(nativeSymbol),
      hasBegun: false,
      interval: String(parsed?.params.interval),
      best: topic === topics.quotes(nativeSymbol) ? new BestLevels() : undefined,
    });
  }

  /** A topic is given back: what still comes of it is not read. Returns the number that it had. */
  leave(topic: string): number | undefined {
    const chanId = this.ids.get(topic);
    if (chanId === undefined) return undefined;
    this.ids.delete(topic);
    this.byId.delete(chanId);
    return chanId;
  }

  /** Bitfinex has closed a channel. */
  closed(chanId: number): void {
    const channel = this.byId.get(chanId);
    this.byId.delete(chanId);
    if (channel) this.ids.delete(channel.topic);
  }

  /** A channel is given back that was opened for nobody. */
  giveBack(chanId: number): void {
    if (this.givenBack.size < MAX_CHANNELS) this.givenBack.add(chanId);
  }

  /** Whether an answer is about such a one; each has one answer. */
  isGivenBack(chanId: number): boolean {
    return this.givenBack.delete(chanId);
  }

  /** Changes of books may be missing. */
  forgetBest(): void {
    for (const { best } of this.byId.values()) best?.forget();
  }
}
