import type { InstrumentMarket } from '../market/instrument-market.ts';
import { changedLevels, levelText, topLevels, type Levels } from './bybit.book-levels.ts';
import { head, type Feed, type FeedSurroundings, type PacedFeed, type Payload } from './bybit.feed.ts';

export interface BookFeedParts {
  readonly market: InstrumentMarket;
  readonly nativeSymbol: string;
  readonly isSpot: boolean;
  readonly depth: number;
  readonly periodMs: number;
  /** `snapshots`: whole books only; `deltas`: changes only, and the whole by REST. */
  readonly form: 'snapshots' | 'both' | 'deltas';
  readonly row?: typeof levelText;
  /** Number of the first book. */
  readonly firstId: number;
}

/** A book of snapshots that nothing changed is sent again after so long. */
const IDLE_MS = 3000;
/** A book that is sent whole again, after trouble, goes on from here. */
const IDS_LOST = 1000;

/** One depth of one book, as it was published last: everybody gets the same frames with the same numbers. */
export class BookFeed implements Feed, PacedFeed {
  /** Number of the latest frame of this topic: one more than that before. */
  private id: number;
  private seq = 0;
  private bids: Levels = [];
  private asks: Levels = [];
  private changedAt: number;
  private publishedAt: number;
  private restarts = 0;

  constructor(
    private readonly parts: BookFeedParts,
    private readonly surroundings: FeedSurroundings,
  ) {
    this.id = parts.firstId;
    this.changedAt = surroundings.clock.now();
    this.publishedAt = surroundings.clock.monotonic();
    this.take();
  }

  get market(): InstrumentMarket {
    return this.parts.market;
  }

  /** Number of the latest frame. */
  get lastId(): number {
    return this.id;
  }

  greeting(isFirst: boolean): Payload | undefined {
    if (isFirst && this.isBehind) this.advance();
    return this.parts.form === 'deltas' ? undefined : this.whole('snapshot');
  }

  /** What a client must have at the latest frame; REST shows it. @param isHeard whether it is being published */
  latest(isHeard: boolean, limit: number): Payload {
    if (!isHeard && this.isBehind) this.advance();
    const { s, b, a, u, seq } = this.levels(this.bids.slice(0, limit), this.asks.slice(0, limit));
    return { s, b, a, ts: this.now, u, seq, cts: Math.floor(this.changedAt) };
  }

  bookChanged(): void {
    this.changedAt = this.surroundings.clock.now();
    this.surroundings.pace(this.parts.periodMs).add(this);
  }

  publish(): void {
    const { bids, asks } = this;
    const seqBefore = this.seq;
    this.take();
    const b = changedLevels('bid', bids, this.bids);
    const a = changedLevels('ask', asks, this.asks);
    if (b.length === 0 && a.length === 0) {
      this.seq = seqBefore;
      return;
    }
    this.id++;
    this.send(this.parts.form === 'snapshots' ? this.whole('snapshot') : this.frame('delta', b, a));
  }

  beat(): void {
    const idleMs = this.surroundings.clock.monotonic() - this.publishedAt;
    if (this.parts.form === 'snapshots' && idleMs >= IDLE_MS) this.send(this.whole('snapshot'));
  }

  /** The whole book in mid-stream, by numbers that do not follow those before. */
  resend(): void {
    if (this.parts.form === 'deltas') return this.restart();
    this.take();
    this.id += IDS_LOST;
    this.send(this.whole('snapshot'));
  }

  /**
   * A restart of the service: the next frame is number 1 and replaces everything, whatever its type says; both types
   * take turns. Where only changes are streamed it is empty, and the whole has to be asked for.
   */
  restart(): void {
    this.take();
    this.id = 1;
    if (this.parts.form === 'deltas') return this.send(this.frame('delta', [], []));
    const isSnapshot = this.parts.form === 'snapshots' || this.restarts++ % 2 === 0;
    this.send(this.whole(isSnapshot ? 'snapshot' : 'delta'));
  }

  private get now(): number {
    return Math.floor(this.surroundings.clock.now());
  }

  private get isBehind(): boolean {
    return this.seq !== this.parts.market.book.lastUpdateId;
  }

  /** Nobody saw what was published meanwhile. */
  private advance(): void {
    this.take();
    this.id += IDS_LOST;
  }

  private take(): void {
    const { book } = this.parts.market;
    this.bids = topLevels(book.bids, this.parts.depth);
    this.asks = topLevels(book.asks, this.parts.depth);
    this.seq = book.lastUpdateId;
  }

  private send(frame: Payload): void {
    this.publishedAt = this.surroundings.clock.monotonic();
    this.surroundings.send(frame);
  }

  private whole(type: 'snapshot' | 'delta'): Payload {
    return this.frame(type, this.bids, this.asks);
  }

  private frame(type: 'snapshot' | 'delta', b: Levels, a: Levels): Payload {
    const { topic } = this.surroundings;
    const cts = Math.floor(this.changedAt);
    return { ...head(topic, type, this.now, this.parts.isSpot), data: this.levels(b, a), cts };
  }

  private levels(bids: Levels, asks: Levels): BookData {
    const { market, nativeSymbol, row = levelText } = this.parts;
    const text = (level: readonly [number, number]): readonly string[] => row(market.format, level);
    return { s: nativeSymbol, b: bids.map(text), a: asks.map(text), u: this.id, seq: this.seq };
  }
}

interface BookData extends Payload {
  readonly s: string;
  readonly b: readonly (readonly string[])[];
  readonly a: readonly (readonly string[])[];
  readonly u: number;
  readonly seq: number;
}
