import { OrderBook, type BookLevel, type LostRange } from '@exchange-stream/market-data';
import type { BookLink, BookRules, BookSeed, LinkVerdict, NumberedLink } from '../../contract/index.ts';

/** Updates that may wait for a seed; more means that the seed will not come in time. */
const MAX_BUFFERED_UPDATES = 10_000;

/** After so many linked updates the next break is treated as the first. */
const LINKS_OF_A_HEALTHY_BOOK = 100;

/** How far the clocks of two servers of one exchange may stand apart, in milliseconds. */
const CLOCKS_APART_MS = 1_000;

/** How far a stream may lag behind a seed of unknown time, in milliseconds. */
const LAG_BEHIND_SEED_MS = 10_000;

const NO_LINK: BookLink = {};

const NOTHING_DROPPED = { bids: [], asks: [] } as const;

interface BufferedUpdate {
  readonly link: BookLink;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly exchangeTime: number | undefined;
}

/**
 * What has become of rows of which no event of their own is told: they are in a whole book that is (`conflated`), they said
 * nothing new (`dropped`), or went with a book that did not hold (`lost`).
 */
export type RowFate = 'conflated' | 'dropped' | 'lost';

/** What a synchroniser asks for and tells. */
export interface BookSynchronizerHooks {
  /**
   * A whole book is needed, from where the rules say; `attempt` counts them, from 0, until a book has held, and `broken`
   * says what is wrong with the book before, if there was one. A later call replaces an earlier one.
   */
  needSeed(attempt: number, broken: string | undefined): void;
  /** The book is whole and right: `live` from here. */
  synced(): void;
  /** An update went into the live book. */
  updated(
    exchangeTime: number | undefined,
    sequence: number | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void;
  /** The book is wrong from here on and has been emptied. */
  broken(reason: string, lost: LostRange | undefined): void;
  /** What has become of rows, each once; told before the events that follow from it. */
  became(fate: RowFate, rows: number): void;
}

/** What has been seen of a book, for reports. */
export interface BookCounters {
  /** Updates handed in. */
  updates: number;
  /** Whole books taken over, from REST or the stream. */
  snapshots: number;
  /** Updates that the book contained already. */
  old: number;
  /** Updates that continued the book, the one that bridges a seed included. */
  linksOk: number;
  /** Times that something between two updates was missing. */
  gaps: number;
  /** Times that the best bid was at or above the best ask. */
  crossed: number;
  /** Checksums that the book agreed with. */
  checksumsOk: number;
  /** Checksums that it did not agree with. */
  checksumsBad: number;
}

/** A local book that is either the exchange's book at a known sequence, or empty and on its way to be. */
export class BookSynchronizer {
  readonly book = new OrderBook();
  readonly counters: BookCounters = {
    updates: 0,
    snapshots: 0,
    old: 0,
    linksOk: 0,
    gaps: 0,
    crossed: 0,
    checksumsOk: 0,
    checksumsBad: 0,
  };
  private phase: 'idle' | 'seeding' | 'live' = 'idle';
  private lastSequence: number | undefined;
  private lastExchangeTime: number | undefined;
  /** Exchange time of the first update that counted as old, where that of the book is unknown. */
  private firstOldAt: number | undefined;
  private bridged = false;
  private linksInLife = 0;
  private attempt = 0;
  private buffer: BufferedUpdate[] = [];

  constructor(
    private readonly rules: BookRules,
    private readonly hooks: BookSynchronizerHooks,
  ) {}

  get live(): boolean {
    return this.phase === 'live';
  }

  /** Updates that wait for a whole book. */
  get waiting(): number {
    return this.buffer.length;
  }

  /** Begun, and still without a whole book. */
  get isSeeding(): boolean {
    return this.phase === 'seeding';
  }

  /** Sequence of the last update in the book; undefined where the exchange numbers none, or while it is not live. */
  get sequence(): number | undefined {
    return this.lastSequence;
  }

  /** The exchange's time of the book as it was last told, milliseconds since the epoch; kept when the book is emptied. */
  get exchangeTime(): number | undefined {
    return this.lastExchangeTime;
  }

  /** Begins to build the book: the stream flows, or is about to. Already begun, it does nothing. */
  begin(): void {
    if (this.phase !== 'idle') return;
    this.phase = 'seeding';
    this.attempt = 0;
    this.askForSeed(undefined);
  }

  /** Empties the book: its stream is gone. */
  reset(): void {
    this.empty();
    this.phase = 'idle';
    this.giveUpWaiting();
  }

  /** What an update would be to the live book, if it came from another source than the last one. */
  verdictOn(link: BookLink | undefined): LinkVerdict {
    if (!link || this.lastSequence === undefined) return 'follows';
    return this.verdict(link, this.lastSequence, true);
  }

  /** Updates come from another source from here on: to that one, the book as it stands is what a seed would be. */
  changesSource(): void {
    this.bridged = false;
  }

  /** A whole book from the stream. */
  snapshot(
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    // What waited for it came before it.
    const waited = this.buffer.length;
    this.buffer = [];
    this.takeOver(link?.last, bids, asks);
    if (this.isSound(waited + 1, link)) this.goLive(exchangeTime, waited);
  }

  /** Changed levels from the stream. */
  update(
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.counters.updates++;
    const update: BufferedUpdate = { link: link ?? NO_LINK, bids, asks, exchangeTime };
    if (this.phase === 'live') return this.applyLive(update);
    this.hold(update);
    this.begin();
  }

  /** A whole book from REST, asked for by `needSeed`. */
  seeded(seed: BookSeed): void {
    if (this.phase !== 'seeding') return this.hooks.became('dropped', 1);
    const first = this.buffer.find((update) => this.verdict(update.link, seed.sequence, true) !== 'old');
    if (first && this.verdict(first.link, seed.sequence, true) === 'gap') {
      // Older than the first update that waits: only a newer one can bridge them.
      this.hooks.became('dropped', 1);
      this.askForSeed('the snapshot is too old');
      return;
    }
    this.takeOver(seed.sequence, seed.bids, seed.asks);
    const waiting = this.buffer;
    this.buffer = [];
    let exchangeTime = seed.exchangeTime;
    let newest: BookLink | undefined;
    for (const [index, update] of waiting.entries()) {
      const verdict = this.judge(update.link);
      if (verdict === 'gap') {
        // With the seed goes what came before the hole.
        this.hooks.became('lost', index + 1);
        return this.breakGap(waiting.slice(index));
      }
      if (verdict === 'old') {
        this.counters.old++;
        continue;
      }
      this.apply(update);
      exchangeTime = update.exchangeTime;
      newest = update.link;
    }
    if (this.isSound(waiting.length + 1, newest)) this.goLive(exchangeTime, waiting.length);
  }

  /**
   * Updates may be missing that no link shows: starts anew. Returns whether only its stream can bring a whole book, without
   * being asked by `needSeed`.
   */
  missed(reason: string): boolean {
    if (this.phase === 'idle') return false;
    this.counters.gaps++;
    this.restart(reason);
    return this.rules.kind === 'whole';
  }

  private hold(update: BufferedUpdate): void {
    if (this.buffer.length < MAX_BUFFERED_UPDATES) this.buffer.push(update);
    else
      this.restart(`no snapshot came while ${MAX_BUFFERED_UPDATES} updates waited for it`, undefined, [
        update,
      ]);
  }

  private applyLive(update: BufferedUpdate): void {
    const verdict = this.judge(update.link);
    if (verdict === 'old') return this.applyOld(update);
    if (verdict === 'gap') return this.breakGap([update]);
    const dropped = this.apply(update);
    if (!this.isSound(1, update.link)) return;
    if (++this.linksInLife === LINKS_OF_A_HEALTHY_BOOK) this.attempt = 0;
    this.lastExchangeTime = update.exchangeTime;
    const bids = withRemovals(update.bids, dropped.bids);
    const asks = withRemovals(update.asks, dropped.asks);
    this.hooks.updated(update.exchangeTime, this.lastSequence, bids, asks);
  }

  private applyOld(update: BufferedUpdate): void {
    if (!this.isNumberedAnew(update)) {
      this.counters.old++;
      return this.hooks.became('dropped', 1);
    }
    const { last } = update.link;
    const reason = `the numbers went back: update ${last} is later than the book, which is at ${this.lastSequence}`;
    this.restart(reason, undefined, [update]);
  }

  /**
   * Whether an update that is old by its number is later than the book by the exchange's time: then the numbers are of
   * another count, and the book would stand still for ever.
   */
  private isNumberedAnew({ exchangeTime }: BufferedUpdate): boolean {
    if (exchangeTime === undefined) return false;
    if (this.lastExchangeTime !== undefined) return exchangeTime - this.lastExchangeTime > CLOCKS_APART_MS;
    this.firstOldAt ??= exchangeTime;
    return exchangeTime - this.firstOldAt > LAG_BEHIND_SEED_MS;
  }

  /** Returns the prices that have been pushed out of the book. */
  private apply({ link, bids, asks }: BufferedUpdate): ReturnType<OrderBook['trim']> {
    this.book.applyUpdate(bids, asks);
    if (link.last !== undefined) this.lastSequence = link.last;
    this.bridged = true;
    return this.trim();
  }

  private trim(): ReturnType<OrderBook['trim']> {
    const { rules } = this;
    return rules.kind === 'linked' && rules.depth !== undefined
      ? this.book.trim(rules.depth)
      : NOTHING_DROPPED;
  }

  private takeOver(
    sequence: number | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.counters.snapshots++;
    this.book.applySnapshot(bids, asks);
    this.trim();
    this.lastSequence = sequence;
    this.bridged = false;
  }

  /** @param waited updates that are in the whole book */
  private goLive(exchangeTime: number | undefined, waited: number): void {
    this.hooks.became('conflated', waited);
    this.phase = 'live';
    this.lastExchangeTime = exchangeTime;
    this.firstOldAt = undefined;
    this.hooks.synced();
  }

  /** The verdict on the next update; a link that holds is counted. */
  private judge(link: BookLink): 'follows' | 'old' | 'gap' {
    const verdict =
      this.lastSequence === undefined ? 'follows' : this.verdict(link, this.lastSequence, !this.bridged);
    if (verdict === 'follows' && link.last !== undefined) this.counters.linksOk++;
    return verdict;
  }

  private verdict(link: BookLink, sequence: number, afterSeed: boolean): 'follows' | 'old' | 'gap' {
    if (this.rules.kind === 'whole' || !isNumbered(link)) return 'follows';
    const rule = afterSeed ? (this.rules.bridges ?? this.rules.follows) : this.rules.follows;
    return rule(sequence, link);
  }

  /** The first of these updates does not follow the book: starts anew, with all of them in hand. */
  private breakGap(updates: readonly BufferedUpdate[]): void {
    this.counters.gaps++;
    const next = updates[0]?.link;
    const from = (this.lastSequence ?? Number.NaN) + 1;
    const to = (next?.first ?? next?.last ?? Number.NaN) - 1;
    const lost = from <= to ? { from, to } : undefined;
    const missing = lost ? `updates ${from} to ${to} are missing` : 'an update is missing';
    this.restart(missing, lost, updates);
  }

  /**
   * Starts anew where the book is wrong, whatever its links say.
   * @param rows that are in it, and of which nothing has been told
   * @param link of the newest of them
   */
  private isSound(rows: number, link: BookLink | undefined): boolean {
    const wrong = this.crossing() ?? this.mismatch(link?.checksum);
    if (wrong === undefined) return true;
    this.hooks.became('lost', rows);
    this.restart(wrong);
    return false;
  }

  private crossing(): string | undefined {
    if (!this.book.crossed) return undefined;
    this.counters.crossed++;
    const [bid] = this.book.bestBid ?? [];
    const [ask] = this.book.bestAsk ?? [];
    return `the book is crossed: bid ${bid} at or above ask ${ask}`;
  }

  private mismatch(expected: number | undefined): string | undefined {
    const { rules, book } = this;
    if (!expected || rules.kind !== 'linked' || !rules.checksum) return undefined;
    const { levels } = rules.checksum;
    const found = rules.checksum.of(book.bids(levels), book.asks(levels));
    if ((found ^ expected) === 0) {
      this.counters.checksumsOk++;
      return undefined;
    }
    this.counters.checksumsBad++;
    return `the checksum of the book is ${found | 0}, and that of the exchange ${expected | 0}`;
  }

  private restart(reason: string, lost?: LostRange, inHand: readonly BufferedUpdate[] = []): void {
    this.empty();
    this.phase = 'seeding';
    this.giveUpWaiting();
    this.buffer = [...inHand];
    this.hooks.broken(reason, lost);
    this.askForSeed(reason);
  }

  private giveUpWaiting(): void {
    this.hooks.became('lost', this.buffer.length);
    this.buffer = [];
  }

  private askForSeed(broken: string | undefined): void {
    if (this.rules.kind === 'linked') this.hooks.needSeed(this.attempt++, broken);
  }

  private empty(): void {
    this.book.clear();
    this.lastSequence = undefined;
    this.bridged = false;
    this.linksInLife = 0;
  }
}

function isNumbered(link: BookLink): link is NumberedLink {
  return link.last !== undefined;
}

/** The changes, and the removal of what they have pushed out. */
function withRemovals(changes: readonly BookLevel[], prices: readonly string[]): readonly BookLevel[] {
  return prices.length === 0 ? changes : [...changes, ...prices.map((price): BookLevel => [price, '0'])];
}
