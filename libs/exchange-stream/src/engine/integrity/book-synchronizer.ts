import type { BookLevel, BookReader, Clock } from '@exchange-stream/market-data';
import type {
  BookLink,
  BookSeed,
  LinkedBookRules,
  LinkVerdict,
  NumberedLink,
  WholeBookRules,
} from '../../contract/index.ts';
import { crossing, mismatch, missingBefore, type BookBreak } from './book-break.ts';
import { createBookCounters } from './book-counters.ts';
import type { KeptBook } from './kept-book.ts';
import { isLater, OldUpdates } from './old-updates.ts';
import { OrderedUpdates } from './ordered-updates.ts';
import { SeedReach } from './seed-reach.ts';
import { MAX_WAITING_UPDATES, WaitingUpdates, type BookUpdate } from './waiting-updates.ts';

export type { BookCounters } from './book-counters.ts';

/** After so many linked updates the next break is treated as the first. */
const LINKS_OF_A_HEALTHY_BOOK = 100;

/**
 * Updates that a live book keeps for a fresh seed: what is kept costs the collection of garbage, and a seed that comes
 * after so many is asked for anew.
 */
const KEPT_FOR_SEED = 500;

const NO_LINK: BookLink = {};

const NOTHING_DROPPED = { bids: [], asks: [] } as const;

/**
 * What has become of rows of which no event of their own is told: they are in a whole book that is (`conflated`), they said
 * nothing new (`dropped`), or went with a book that did not hold (`lost`).
 */
export type RowFate = 'conflated' | 'dropped' | 'lost';

/** What a synchroniser asks for and tells. */
export interface BookSynchronizerHooks<Row = BookLevel> {
  /**
   * A whole book is needed, from where the rules say; `attempt` counts them, from 0, until a book has held, and `broken`
   * says what is wrong with the book before, if there was one. A later call replaces an earlier one.
   */
  needSeed(attempt: number, broken: BookBreak | undefined): void;
  /** The book is whole and right: `live` from here. */
  synced(): void;
  /** An update went into the live book. */
  updated(
    exchangeTime: number | undefined,
    sequence: number | undefined,
    bids: readonly Row[],
    asks: readonly Row[],
  ): void;
  /** The book is wrong from here on and has been emptied. */
  broken(broken: BookBreak): void;
  /** What has become of rows, each once; told before the events that follow from it. */
  became(fate: RowFate, rows: number): void;
}

/** A local book that is either the exchange's book at a known sequence, or empty and on its way to be. */
export class BookSynchronizer<Row = BookLevel> {
  readonly counters = createBookCounters();
  private phase: 'idle' | 'seeding' | 'live' = 'idle';
  private lastSequence: number | undefined;
  private lastExchangeTime: number | undefined;
  private readonly oldUpdates = new OldUpdates();
  private readonly waitingUpdates = new WaitingUpdates<Row>();
  private readonly reach: SeedReach;
  /** What went into the live book since a fresh seed for it was asked for; undefined while none is. */
  private sinceAsked: WaitingUpdates<Row> | undefined;
  /** Where updates are put in order first. */
  private readonly ordered: OrderedUpdates<Row> | undefined;
  private bridged = false;
  private linksInLife = 0;
  private attempt = 0;

  constructor(
    readonly book: KeptBook<Row>,
    private readonly rules: WholeBookRules | LinkedBookRules<Row>,
    private readonly hooks: BookSynchronizerHooks<Row>,
    clock: Clock,
  ) {
    this.reach = new SeedReach(rules.kind === 'linked' ? rules.seedDepth : undefined);
    if (rules.kind === 'whole' || !rules.sorting) return;
    this.ordered = new OrderedUpdates(rules.sorting, clock, {
      verdictOn: ({ link }) => (this.live ? this.verdictOfNext(link) : undefined),
      take: (update) => this.take(update),
    });
  }

  get live(): boolean {
    return this.phase === 'live';
  }

  /** Updates that wait for a whole book. */
  get waiting(): number {
    return this.waitingUpdates.size + (this.ordered?.size ?? 0);
  }

  /** Its updates bear no numbers: nothing shows by itself that one of them is missing. */
  get isUnproven(): boolean {
    return this.live && this.lastSequence === undefined && this.rules.kind === 'linked';
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
    this.hooks.became('lost', this.ordered?.clear() ?? 0);
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
    bids: readonly Row[],
    asks: readonly Row[],
  ): void {
    // What waited for it came before it.
    const waited = this.waitingUpdates.take().length + (this.ordered?.drop(link?.last, exchangeTime) ?? 0);
    const impossible = this.book.impossible(bids) ?? this.book.impossible(asks);
    if (impossible) return this.breakWith(impossible, waited + 1);
    this.takeOver(link ?? NO_LINK, bids, asks);
    this.reach.forget();
    const wrong = this.flaw(link);
    if (wrong) this.breakWith(wrong, waited + 1);
    else this.goLive(exchangeTime, waited);
    // What came before it out of turn may follow it.
    this.ordered?.release();
  }

  /** Changed levels from the stream. */
  update(
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly Row[],
    asks: readonly Row[],
  ): void {
    const update: BookUpdate<Row> = { link: link ?? NO_LINK, bids, asks, exchangeTime };
    if (!this.ordered && isProof(update)) return this.prove(update.link);
    this.counters.updates++;
    if (this.ordered) this.ordered.add(update);
    else this.take(update);
  }

  /** The exchange says what the checksum of the book is, apart from any change. */
  private prove({ checksum }: BookLink): void {
    const wrong = this.live ? this.mismatch(checksum) : undefined;
    if (wrong) this.breakWith(wrong, 1);
    else this.hooks.became('dropped', 1);
  }

  private take(update: BookUpdate<Row>): void {
    const wrong = this.book.impossible(update.bids) ?? this.book.impossible(update.asks);
    if (wrong) return this.breakWith(wrong, 1);
    if (this.phase === 'live') return this.applyLive(update);
    this.hold(update);
    this.begin();
  }

  /** A whole book from REST, asked for by `needSeed`. */
  seeded(seed: BookSeed<Row>): void {
    if (this.phase === 'live' && this.sinceAsked) return this.refresh(seed, this.sinceAsked.take());
    if (this.phase !== 'seeding') return this.hooks.became('dropped', 1);
    const unfit = this.unfitness(seed);
    if (unfit) {
      this.hooks.became('dropped', 1);
      return this.askForSeed(unfit);
    }
    this.takeOver({ last: seed.sequence, asWritten: seed.asWritten }, seed.bids, seed.asks);
    this.reach.begin(this.book.reader);
    const waiting = this.waitingUpdates.take();
    let exchangeTime = seed.exchangeTime;
    let newest: BookLink | undefined;
    for (const [index, update] of waiting.entries()) {
      const verdict = this.judge(update.link);
      if (verdict === 'gap') {
        // With the seed goes what came before the hole.
        this.hooks.became('lost', index + 1);
        return this.breakBefore(waiting.slice(index));
      }
      if (verdict === 'old') {
        this.counters.old++;
        continue;
      }
      this.apply(update);
      exchangeTime = update.exchangeTime;
      newest = update.link;
    }
    const wrong = this.flaw(newest);
    if (wrong) this.breakWith(wrong, waiting.length + 1);
    else this.goLive(exchangeTime, waiting.length);
    this.ordered?.release();
  }

  /** A fresh seed for the live book, which goes on as it is where the seed does not lead to where it stands. */
  private refresh(seed: BookSeed<Row>, since: readonly BookUpdate<Row>[]): void {
    this.sinceAsked = undefined;
    const following = this.following(seed, since);
    if (!following) return this.hooks.became('dropped', 1);
    this.takeOver({ last: seed.sequence, asWritten: seed.asWritten }, seed.bids, seed.asks);
    this.reach.begin(this.book.reader);
    for (const update of following) this.apply(update);
    const newest = following.at(-1);
    const wrong = this.flaw(newest?.link);
    if (wrong) this.breakWith(wrong, 1);
    else this.goLive(newest?.exchangeTime ?? seed.exchangeTime ?? this.lastExchangeTime, 0);
  }

  /** Those of the updates that follow a seed; undefined where they do not lead to where the book stands, or beyond. */
  private following(
    seed: BookSeed<Row>,
    since: readonly BookUpdate<Row>[],
  ): readonly BookUpdate<Row>[] | undefined {
    if (this.book.impossible(seed.bids) ?? this.book.impossible(seed.asks)) return undefined;
    const following: BookUpdate<Row>[] = [];
    let { sequence } = seed;
    for (const update of since) {
      const verdict = this.verdict(update.link, sequence, following.length === 0);
      if (verdict === 'gap') return undefined;
      if (verdict === 'old') continue;
      following.push(update);
      sequence = update.link.last ?? sequence;
    }
    return sequence >= (this.lastSequence ?? Infinity) ? following : undefined;
  }

  /** While the book is right, and before it is not known deep enough any more. */
  private askForMore(): void {
    this.sinceAsked = new WaitingUpdates<Row>();
    this.hooks.needSeed(0, undefined);
  }

  /**
   * Updates may be missing that no link shows: starts anew. Returns whether only its stream can bring a whole book, without
   * being asked by `needSeed`.
   */
  missed(reason: string): boolean {
    if (this.phase === 'idle') return false;
    this.restart({ kind: 'gap', reason });
    return this.rules.kind === 'whole';
  }

  /** A row of its stream could not be read: a change that the book should contain, unless it comes whole every time. */
  rejected(reason: string): void {
    if (this.phase === 'idle' || this.rules.kind === 'whole') return;
    this.restart({ kind: 'malformed', reason: `a row could not be read: ${reason}` });
  }

  private hold(update: BookUpdate<Row>): void {
    if (this.waitingUpdates.isFull) {
      const reason = `no snapshot came while ${MAX_WAITING_UPDATES} updates waited for it`;
      return this.restart({ kind: 'overflow', reason }, [update]);
    }
    // Numbered anew: no seed continues both what waits and what comes.
    if (this.isOfAnotherCount(update, this.waitingUpdates.newest)) this.giveUpWaiting();
    this.waitingUpdates.add(update);
  }

  private isOfAnotherCount(update: BookUpdate<Row>, before: BookUpdate<Row> | undefined): boolean {
    const [time, timeBefore] = [update.exchangeTime, before?.exchangeTime];
    if (before?.link.last === undefined || time === undefined || timeBefore === undefined) return false;
    return time > timeBefore && this.verdict(update.link, before.link.last, false) === 'old';
  }

  /** Why no book can be built on a seed; undefined where one can. */
  private unfitness({ sequence, exchangeTime, bids, asks }: BookSeed<Row>): BookBreak | undefined {
    const impossible = this.book.impossible(bids) ?? this.book.impossible(asks);
    if (impossible) return impossible;
    const { newest } = this.waitingUpdates;
    if (
      newest &&
      this.verdict(newest.link, sequence, true) === 'old' &&
      isLater(newest.exchangeTime, exchangeTime)
    )
      return {
        kind: 'count',
        reason: `the snapshot, at ${sequence}, is numbered otherwise than the later updates`,
      };
    const first = this.waitingUpdates.find(({ link }) => this.verdict(link, sequence, true) !== 'old');
    if (!first || this.verdict(first.link, sequence, true) !== 'gap') return undefined;
    // Older than the first update that waits: only a newer one can bridge them.
    return { kind: 'gap', reason: 'the snapshot is too old' };
  }

  private applyLive(update: BookUpdate<Row>): void {
    const verdict = this.judge(update.link);
    if (verdict === 'old') return this.applyOld(update);
    if (verdict === 'gap') return this.breakBefore([update]);
    const dropped = this.apply(update);
    const wrong = this.flaw(update.link) ?? outOfReach(this.reach, this.book.reader);
    if (wrong) return this.breakWith(wrong, 1);
    this.noteSinceAsked(update);
    if (++this.linksInLife === LINKS_OF_A_HEALTHY_BOOK) this.attempt = 0;
    this.lastExchangeTime = update.exchangeTime;
    const bids = withRemovals(update.bids, dropped.bids);
    const asks = withRemovals(update.asks, dropped.asks);
    this.hooks.updated(update.exchangeTime, this.lastSequence, bids, asks);
    // Whoever was told may have taken its source away.
    if (this.phase === 'live' && !this.sinceAsked && this.reach.isShort(this.book.reader)) this.askForMore();
  }

  private applyOld(update: BookUpdate<Row>): void {
    const { link, exchangeTime } = update;
    if (this.oldUpdates.isOfAnotherCount(exchangeTime, this.lastExchangeTime, this.bridged)) {
      const reason = `the numbers went back: update ${link.last} is later than the book, which is at ${this.lastSequence}`;
      return this.restart({ kind: 'count', reason }, [update]);
    }
    this.counters.old++;
    this.hooks.became('dropped', 1);
  }

  private noteSinceAsked(update: BookUpdate<Row>): void {
    // The seed does not come in time: it is asked for anew.
    if (this.sinceAsked && this.sinceAsked.size >= KEPT_FOR_SEED) this.sinceAsked = undefined;
    this.sinceAsked?.add(update);
  }

  /** Returns what has been pushed out of the book, as the update that says so. */
  private apply({ link, bids, asks }: BookUpdate<Row>): ReturnType<KeptBook<Row>['trim']> {
    this.book.applyUpdate(bids, asks, link.asWritten);
    if (link.last !== undefined) this.lastSequence = link.last;
    this.bridged = true;
    return this.trim();
  }

  private trim(): ReturnType<KeptBook<Row>['trim']> {
    const { rules } = this;
    return rules.kind === 'linked' && rules.depth !== undefined
      ? this.book.trim(rules.depth)
      : NOTHING_DROPPED;
  }

  private takeOver({ last, asWritten }: BookLink, bids: readonly Row[], asks: readonly Row[]): void {
    this.counters.snapshots++;
    this.book.applySnapshot(bids, asks, asWritten);
    this.trim();
    this.lastSequence = last;
    this.bridged = false;
  }

  /** @param waited updates that are in the whole book */
  private goLive(exchangeTime: number | undefined, waited: number): void {
    this.hooks.became('conflated', waited);
    this.phase = 'live';
    this.lastExchangeTime = exchangeTime;
    this.oldUpdates.forget();
    this.hooks.synced();
  }

  /** The verdict on the next update; a link that holds is counted. */
  private judge(link: BookLink): 'follows' | 'old' | 'gap' {
    const verdict = this.verdictOfNext(link);
    if (verdict === 'follows' && link.last !== undefined) this.counters.linksOk++;
    return verdict;
  }

  private verdictOfNext(link: BookLink): LinkVerdict {
    return this.lastSequence === undefined ? 'follows' : this.verdict(link, this.lastSequence, !this.bridged);
  }

  private verdict(link: BookLink, sequence: number, afterSeed: boolean): 'follows' | 'old' | 'gap' {
    if (this.rules.kind === 'whole' || !isNumbered(link)) return 'follows';
    const rule = afterSeed ? (this.rules.bridges ?? this.rules.follows) : this.rules.follows;
    return rule(sequence, link);
  }

  /**
   * What is wrong with the book, whatever its links say; undefined if nothing is. A crossed book of which the checksum is
   * right is the exchange's own: where both are wrong, the checksum tells more.
   * @param link of its newest update
   */
  private flaw(link: BookLink | undefined): BookBreak | undefined {
    return this.mismatch(link?.checksum) ?? crossing(this.book.reader);
  }

  private mismatch(expected: number | undefined): BookBreak | undefined {
    const { rules } = this;
    if (!expected || rules.kind !== 'linked' || !rules.checksum) return undefined;
    const wrong = mismatch(this.book, rules.checksum, expected);
    if (!wrong) this.counters.checksumsOk++;
    return wrong;
  }

  /** The first of these updates does not follow the book: starts anew, with all of them in hand. */
  private breakBefore(updates: readonly BookUpdate<Row>[]): void {
    this.restart(missingBefore(this.lastSequence, updates[0]?.link), updates);
  }

  /** Starts anew. @param rows that are in the wrong book, and of which nothing has been told */
  private breakWith(broken: BookBreak, rows: number): void {
    this.hooks.became('lost', rows);
    this.restart(broken);
  }

  private restart(broken: BookBreak, inHand: readonly BookUpdate<Row>[] = []): void {
    this.counters.breaks[broken.kind]++;
    this.empty();
    this.phase = 'seeding';
    this.giveUpWaiting();
    for (const update of inHand) this.waitingUpdates.add(update);
    this.hooks.broken(broken);
    this.askForSeed(broken);
  }

  private giveUpWaiting(): void {
    this.hooks.became('lost', this.waitingUpdates.take().length);
  }

  private askForSeed(broken: BookBreak | undefined): void {
    if (this.rules.kind === 'linked') this.hooks.needSeed(this.attempt++, broken);
  }

  private empty(): void {
    this.book.clear();
    this.lastSequence = undefined;
    this.bridged = false;
    this.linksInLife = 0;
    this.sinceAsked = undefined;
    this.reach.forget();
  }
}

function outOfReach(reach: SeedReach, book: BookReader): BookBreak | undefined {
  return reach.isExceeded(book)
    ? { kind: 'reach', reason: 'the market has moved behind the levels that are known' }
    : undefined;
}

/** It says nothing but a checksum. */
function isProof<Row>({ link, bids, asks }: BookUpdate<Row>): boolean {
  return link.last === undefined && bids.length === 0 && asks.length === 0;
}

function isNumbered(link: BookLink): link is NumberedLink {
  return link.last !== undefined;
}

/** The changes, and the removal of what they have pushed out. */
function withRemovals<Row>(changes: readonly Row[], removals: readonly Row[]): readonly Row[] {
  return removals.length === 0 ? changes : [...changes, ...removals];
}
