import type { PriceLevel } from '@exchange-stream/simulator';
import { DepthDiffWindow, type BookChange, type InstrumentMarket } from '@exchange-stream/simulator/kit';
import { bookChecksum } from './lab.checksum.ts';
import { changedSides, topData, wholeSides, type Payload, type Sides } from './lab.frames.ts';
import type { LabDialects } from './lab.options.ts';
import type { LabSequences } from './lab.sequences.ts';
import type { Follower, LabTopicIndex, LiveTopic } from './lab.topic-index.ts';

/** Beats of a tenth of a second after which the dialect `chain` says that nothing has changed. */
const QUIET_BEATS = 200;
const NO_CHANGES = { bids: [], asks: [] };

/** A book as it was shown to whoever looked at that moment. */
export interface ShownBook {
  /** By the market's count, or since it was counted anew. */
  readonly sequence: number;
  /** By the count of the dialect `stream`. */
  readonly changes: number;
  readonly bids: readonly PriceLevel[];
  readonly asks: readonly PriceLevel[];
}

/** Told of every book that clients can know, before they do. */
export type BookObserver = (symbol: string, book: ShownBook) => void;

/** How far one book has been published. */
interface Publication {
  readonly window: DepthDiffWindow;
  /** Changes so far, as the dialect `stream` counts them. */
  changes: number;
  /** Beats since the latest frame. */
  quietBeats: number;
  /** To be counted anew, with the next publication. */
  isToBeginAnew: boolean;
  /** To be sent whole to everybody, with the next publication. */
  isToBeWhole: boolean;
}

/** Publishes books, whole and their changes, linked as the dialect has it. */
export class LabBooks {
  private readonly published = new Map<InstrumentMarket, Publication>();
  /** Books that changed, or that somebody waits for. */
  private readonly due = new Set<InstrumentMarket>();
  /** Whether a whole book comes first by the topic, and not by REST. */
  private readonly beginsWhole: boolean;
  private readonly observers: BookObserver[] = [];

  constructor(
    private readonly topics: LabTopicIndex,
    private readonly dialects: Pick<LabDialects, 'books' | 'checksums'>,
    private readonly sequences: LabSequences,
    private readonly isStill: (market: InstrumentMarket) => boolean,
  ) {
    this.beginsWhole = dialects.books !== 'range' && dialects.books !== 'previous';
  }

  observe(observer: BookObserver): void {
    this.observers.push(observer);
  }

  /** The book is about to be shown as it stands now. */
  shown(market: InstrumentMarket): void {
    if (this.observers.length === 0) return;
    const { changes = 0 } = this.published.get(market) ?? {};
    const book = { sequence: this.sequences.of(market), changes, ...wholeSides(market) };
    for (const observe of this.observers) observe(market.instrument.symbol, book);
  }

  list(market: InstrumentMarket): void {
    this.published.set(market, {
      window: new DepthDiffWindow(market.book.lastUpdateId),
      changes: 0,
      quietBeats: 0,
      isToBeginAnew: false,
      isToBeWhole: false,
    });
  }

  changed(market: InstrumentMarket, change: BookChange): void {
    const publication = this.published.get(market);
    if (publication === undefined) return;
    publication.window.add(change);
    this.due.add(market);
  }

  /** Somebody waits for it. */
  want(market: InstrumentMarket): void {
    this.due.add(market);
  }

  /** Counts it anew, at once or when its market opens. */
  beginAnew(market: InstrumentMarket): void {
    this.soon(market, (publication) => (publication.isToBeginAnew = true));
  }

  /** Sends it whole to everybody, at once or when its market opens, where that is how it begins. */
  sendWhole(market: InstrumentMarket): void {
    this.soon(market, (publication) => (publication.isToBeWhole = true));
  }

  /** Publishes what is pending now. */
  settle(market: InstrumentMarket): void {
    this.publish(market);
    this.due.delete(market);
  }

  publishDue(): void {
    for (const market of this.due) if (!this.isStill(market)) this.settle(market);
  }

  /** A tenth of a second is over. */
  beat(): void {
    this.publishDue();
    if (this.dialects.books !== 'chain') return;
    for (const [market, publication] of this.published) {
      if (this.isStill(market) || ++publication.quietBeats < QUIET_BEATS) continue;
      const last = this.sequences.of(market);
      this.toFollowers(market, publication, { previous: last, last }, NO_CHANGES);
    }
  }

  private soon(market: InstrumentMarket, mark: (publication: Publication) => void): void {
    const publication = this.published.get(market);
    if (publication === undefined) return;
    mark(publication);
    if (this.isStill(market)) this.due.add(market);
    else this.settle(market);
  }

  private publish(market: InstrumentMarket): void {
    const publication = this.published.get(market);
    if (publication === undefined) return;
    const { isToBeginAnew, isToBeWhole } = publication;
    this.publishChanges(market, publication, isToBeginAnew);
    if (isToBeginAnew) {
      this.sequences.beginAnew(market);
      publication.changes = 1;
    }
    this.shown(market);
    const isWholeAnew = isToBeWhole || (isToBeginAnew && this.dialects.books === 'stream');
    publication.isToBeginAnew = false;
    publication.isToBeWhole = false;
    for (const live of this.of(market, 'book')) {
      if (isWholeAnew) for (const follower of live.followers.values()) follower.hasWhole = false;
      if (this.beginsWhole) this.publishWhole(live, market, publication);
    }
    for (const live of this.of(market, 'book10')) this.publishTop(live, market);
  }

  private publishChanges(market: InstrumentMarket, publication: Publication, isToBeginAnew: boolean): void {
    const { books } = this.dialects;
    const diff = publication.window.take();
    const leadsOver = isToBeginAnew && books === 'chain';
    if (diff === undefined && !leadsOver) return;
    const first = this.sequences.of(market, diff?.firstUpdateId ?? market.book.lastUpdateId + 1);
    if (leadsOver) this.sequences.beginAnew(market);
    const last = this.sequences.of(market);
    publication.changes++;
    this.shown(market);
    this.toFollowers(market, publication, this.link(first, last, publication.changes), diff ?? NO_CHANGES);
  }

  /** @param first @param last numbers of the changes @param frame number of the frame */
  private link(first: number, last: number, frame: number): Payload {
    switch (this.dialects.books) {
      case 'range':
        return { first, last };
      case 'previous':
      case 'chain':
        return { previous: first - 1, last };
      case 'stream':
        return { last: frame };
      case 'none':
        return {};
    }
  }

  /** Changes, to everybody who has what they change. */
  private toFollowers(
    market: InstrumentMarket,
    publication: Publication,
    link: Payload,
    changes: Parameters<typeof changedSides>[1],
  ): void {
    publication.quietBeats = 0;
    for (const live of this.of(market, 'book')) {
      const data = this.proved(market, link, changedSides(market, changes));
      this.send(live, data, ({ hasWhole }) => hasWhole || !this.beginsWhole);
    }
  }

  /** Between the changes, so that it holds exactly what has been published. */
  private publishWhole(live: LiveTopic, market: InstrumentMarket, { changes }: Publication): void {
    const newcomers = [...live.followers.values()].filter(({ hasWhole }) => !hasWhole);
    if (newcomers.length === 0) return;
    const link = { snapshot: true, ...this.position(market, changes) };
    this.send(live, this.proved(market, link, wholeSides(market)), ({ hasWhole }) => !hasWhole);
    for (const newcomer of newcomers) newcomer.hasWhole = true;
  }

  private position(market: InstrumentMarket, changes: number): Payload {
    switch (this.dialects.books) {
      case 'stream':
        return { last: changes };
      case 'chain':
        return { previous: -1, last: this.sequences.of(market) };
      default:
        return {};
    }
  }

  private proved(market: InstrumentMarket, link: Payload, sides: Sides): Payload {
    const data = { ...link, ...sides };
    if (!this.dialects.checksums) return data;
    const { bids, asks } = wholeSides(market);
    return { ...data, checksum: bookChecksum(bids, asks) };
  }

  private publishTop(live: LiveTopic, market: InstrumentMarket): void {
    const { lastUpdateId } = market.book;
    this.send(
      live,
      topData(market, this.sequences.of(market)),
      ({ seenUpdateId }) => seenUpdateId !== lastUpdateId,
    );
    for (const follower of live.followers.values()) follower.seenUpdateId = lastUpdateId;
  }

  private *of(market: InstrumentMarket, kind: 'book' | 'book10'): Generator<LiveTopic> {
    for (const live of this.topics.of(market.instrument.symbol)) if (live.topic.kind === kind) yield live;
  }

  private send(live: LiveTopic, data: Payload, isMeant: (follower: Follower) => boolean): void {
    const text = JSON.stringify(data);
    // A copy: a transport may close a connection while it is being sent to.
    for (const [connection, follower] of [...live.followers])
      if (isMeant(follower)) connection.sendData(live.name, text);
  }
}
