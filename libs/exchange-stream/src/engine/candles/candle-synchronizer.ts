import {
  CandleSeries,
  flatCandle,
  haveSameNumbers,
  type Candle,
  type CandleRange,
} from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';
import type { CandleHooks } from './candle-hooks.ts';
import type { CandleKeeper } from './candle-keeper.ts';
import { MAX_HISTORY, keptBuckets, type CandleRules } from './candle-rules.ts';
import { CandleSupply } from './candle-supply.ts';
import { PendingCandles, type CandleNews } from './pending-candles.ts';
import { toldCandle } from './told-candle.ts';

/** Closed candles that are looked at once more when the stream is back. */
const VERIFIED = 3;

/** Candles that are kept where nobody asks for more. */
const LEAST_KEPT = 64;

/** How far our idea of the exchange's time may be off, where nothing else shows that a bucket is over. */
const CLOCKS_APART_MS = 10_000;

/** REST may be a moment behind: what is not final yet is asked for again after so long. */
const ASK_AGAIN_MS = 2_500;

/** Numbers of buckets, both included. */
interface Buckets {
  readonly from: number;
  readonly to: number;
}

/**
 * One series of candles on its way from rows, of the stream and of REST, to candles without holes: each bucket closes once,
 * and in order. What comes of later ones waits while it is not known how an earlier one ended.
 */
export class CandleSynchronizer implements CandleKeeper {
  readonly keepsPast = true;
  /** What has been told. */
  readonly series: CandleSeries;
  private readonly pending = new PendingCandles();
  private readonly supply: CandleSupply;
  /** Number of the bucket that closes next; undefined before it is known where the series begins. */
  private cursor: number | undefined;
  private asked: Buckets | undefined;
  /** What consumers were told to be missing, and is asked for. */
  private missing: Buckets | undefined;
  /** What was missing and has been told since consumers were told of it. */
  private filled: CandleRange | undefined;
  private hasHoles = false;
  /** Without the stream, REST has not answered either. */
  private isUnanswered = false;
  /** Number of the first bucket of the series. */
  private first = Infinity;
  private askedAt = -Infinity;
  private lastTrade: { readonly id: number; readonly index: number } | undefined;
  private isSettling = false;

  constructor(
    private readonly rules: CandleRules,
    private readonly hooks: CandleHooks,
    jitterMs = 0,
  ) {
    this.series = new CandleSeries(rules.interval, Math.max(keptBuckets(rules) + VERIFIED, LEAST_KEPT));
    this.supply = new CandleSupply(rules, jitterMs);
  }

  /** Whether what was told is what the exchange has. */
  get live(): boolean {
    return this.supply.isThere && !this.isUnanswered && this.missing === undefined && this.series.size > 0;
  }

  /** Rows that wait. */
  get waiting(): number {
    return this.pending.waiting;
  }

  /** Whether candles are waited for that the stream does not bring. */
  get isSeeding(): boolean {
    return this.asked !== undefined;
  }

  /** Whether candles are asked for from time to time, as no stream brings them. */
  get isPolled(): boolean {
    return this.supply.isPolled;
  }

  /** Whether it reaches as far back as was asked for, and nothing is missing in it. */
  get isReady(): boolean {
    return this.live && this.asked === undefined && this.series.isContiguous;
  }

  /** What was missing and has been told; once. */
  takeFilled(): CandleRange | undefined {
    const { filled } = this;
    this.filled = undefined;
    return filled;
  }

  /** What somebody gets who comes late: the candles that the series begins with, and the running one. */
  snapshot(): Candle[] {
    const { cursor, rules } = this;
    if (rules.history === 0 || cursor === undefined) return [];
    return this.series.candles(rules.interval.openTime(cursor - rules.history));
  }

  /** The exchange has confirmed the topic; where there is none, it may be asked. */
  begin(): void {
    const now = this.hooks.exchangeNow();
    const current = this.rules.interval.indexOf(now);
    this.supply.began(now, current);
    this.isUnanswered = false;
    if (this.cursor !== undefined) this.catchUp(this.cursor, current);
    else if (this.beginsByRest) this.start(current);
    this.settle();
  }

  /** What comes from here on does not follow what came before. */
  reset(): void {
    this.supply.ended(this.hooks.exchangeNow());
    this.pending.interrupted();
    this.wakeInTime();
  }

  /** A row of the stream. */
  row(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void {
    const { interval } = this.rules;
    const index = interval.indexOf(row.openTime);
    if (interval.openTime(index) !== row.openTime) return this.hooks.ended('rejected', 1);
    if (this.cursor === undefined) this.start(index);
    const news: CandleNews = {
      row,
      receivedAt,
      exchangeTime,
      source: this.rules.isMadeOfTrades ? 'derived' : 'stream',
      isTold: false,
      isFresh: true,
    };
    if (this.cursor !== undefined && index < this.cursor) return this.late(index, news);
    if (row.tradeIds) this.checkTrades(index, row.tradeIds.first);
    this.put(index, news);
    this.settle();
  }

  /**
   * What was asked for, or a part of it.
   * @param asOf time of the exchange when it was asked
   * @param isAll nothing more of it is to come
   * @param isWhole what is not in it is not there
   */
  found(rows: readonly CandleRow[], range: CandleRange, asOf: number, isAll: boolean, isWhole = true): void {
    const { interval } = this.rules;
    this.hooks.added(rows.length);
    this.isUnanswered = false;
    const [from, to] = [interval.indexOf(range.from), interval.indexOf(range.to)];
    const found = new Map<number, CandleRow>();
    let newest = -Infinity;
    for (const row of rows) {
      const index = interval.indexOf(row.openTime);
      const isOfThese = index >= from && index <= to && interval.openTime(index) === row.openTime;
      if (!isOfThese || found.has(index)) this.hooks.ended(isOfThese ? 'dropped' : 'rejected', 1);
      else found.set(index, row);
      newest = Math.max(newest, index);
    }
    for (let index = from; index <= to; index++) {
      const row = found.get(index);
      if (row ?? isWhole) this.foundOne(index, row, this.isOver(index, row, newest, asOf));
    }
    if (isAll) this.asked = undefined;
    this.settle();
  }

  /** What was asked for cannot be had now; it is asked for again much later. */
  unavailable(reason: string): void {
    const { asked, cursor } = this;
    this.asked = this.missing = undefined;
    if (!asked || cursor === undefined) return;
    this.isUnanswered = !this.supply.isStreaming;
    // Asked for once more, it is missing as before.
    const end = Math.min(asked.to, this.pending.newest - 1);
    if (end >= cursor) this.leaveOut(cursor, end, `candles cannot be had: ${reason}`);
    else if (this.isUnanswered) this.hooks.silent(`candles cannot be had: ${reason}`);
    this.hasHoles = true;
    this.supply.failed(this.hooks.exchangeNow());
    this.settle();
  }

  /** Nobody will tell how the buckets ended that are not closed, up to the one of this number. */
  leavesOutTo(to: number, reason: string): void {
    if (this.cursor === undefined || to < this.cursor) return;
    this.leaveOut(this.cursor, to, reason);
    this.settle();
  }

  /** Nobody asks for anything any more. */
  withdrawn(): void {
    this.asked = this.missing = undefined;
  }

  /** What comes from here on is of another world, in which nothing of what was told holds. */
  leaveWorld(): void {
    if (this.cursor === undefined) return;
    this.withdrawn();
    this.hasHoles = false;
    this.cursor = this.lastTrade = undefined;
    this.first = Infinity;
    this.series.clear();
    const rows = this.pending.clear();
    if (rows > 0) this.hooks.ended('lost', rows);
  }

  /** The time that was wished for has come. */
  wake(): void {
    const now = this.hooks.exchangeNow();
    this.supply.passed(now);
    const current = this.rules.interval.indexOf(now);
    if (this.cursor === undefined) {
      if (this.supply.isPolled) this.start(current);
    } else if (this.supply.isPolled) this.ask(this.cursor, Math.max(current, this.cursor));
    if (this.hasHoles && this.supply.mayMend(now)) this.mend(now);
    this.settle();
  }

  private get beginsByRest(): boolean {
    const { canFetch, history, whole } = this.rules;
    return canFetch && (history > 0 || whole !== undefined || this.supply.isPolled);
  }

  /** It is known where the series begins. */
  private start(current: number): void {
    this.first = this.cursor = current;
    if (!this.beginsByRest) return;
    this.first = this.cursor = this.firstBefore(current);
    this.series.reachBackTo(this.rules.interval.openTime(this.cursor));
    this.ask(this.cursor, current);
  }

  private firstBefore(current: number): number {
    const { interval, whole, history } = this.rules;
    if (!whole) return current - history;
    return interval.indexOf(whole.openTime(whole.indexOf(interval.openTime(current)) - history));
  }

  /** Whether a time is not before the first bucket of the series. */
  reachesBackTo(time: number): boolean {
    return this.rules.interval.indexOf(time) >= this.first;
  }

  /** The stream is back: what was missed is asked for, and the last closed ones once more. */
  private catchUp(cursor: number, current: number): void {
    let from = cursor;
    if (current - from > MAX_HISTORY) {
      from = current - MAX_HISTORY;
      this.leaveOut(cursor, from - 1, 'the stream was away for too long');
    }
    const isBehind = current > from && this.series.size > 0;
    if (!this.rules.canFetch) return;
    if (isBehind) this.tellMissing(from, current - 1, 'the stream was away');
    this.ask(Math.max(this.first, from - VERIFIED), Math.max(current, from));
  }

  private put(index: number, news: CandleNews): void {
    const fate = this.pending.put(index, news);
    if (fate) this.hooks.ended(fate, 1);
  }

  private ask(from: number, to: number): void {
    const { rules, asked } = this;
    if (!rules.canFetch || (asked && asked.from <= from && asked.to >= to)) return;
    this.asked = asked ? { from: Math.min(asked.from, from), to: Math.max(asked.to, to) } : { from, to };
    this.askedAt = this.hooks.exchangeNow();
    this.hooks.need(this.timesOf(this.asked));
  }

  /** Whether a bucket of an answer is over, and its numbers final. */
  private isOver(index: number, row: CandleRow | undefined, newest: number, asOf: number): boolean {
    if (row?.closed !== undefined) return row.closed;
    const sinceMs = asOf - this.rules.interval.openTime(index + 1) - this.rules.settlesWithinMs;
    return sinceMs >= CLOCKS_APART_MS || (sinceMs >= 0 && index < newest);
  }

  private foundOne(index: number, row: CandleRow | undefined, isOver: boolean): void {
    const isTold = this.cursor !== undefined && index < this.cursor;
    if (!row) {
      if (!isOver) return;
      const openTime = this.rules.interval.openTime(index);
      if (!isTold) this.pending.putQuiet(index);
      else if (!this.series.knows(openTime)) this.series.setQuiet(openTime);
      return;
    }
    const news: CandleNews = {
      row,
      receivedAt: this.hooks.now(),
      exchangeTime: undefined,
      source: 'rest' as const,
      isTold: false,
      isFresh: true,
    };
    if (isTold) return isOver ? this.correct(index, news) : this.hooks.ended('dropped', 1);
    if (!isOver) {
      const known = this.series.at(row.openTime);
      if (known && haveSameNumbers(known, row)) return this.hooks.ended('dropped', 1);
      return this.put(index, news);
    }
    const fate = this.pending.putFinal(index, news);
    if (fate) this.hooks.ended(fate, 1);
  }

  /** A row of a bucket that is told already. */
  private late(index: number, news: CandleNews): void {
    const { closed, openTime } = news.row;
    const { exchangeTime: toldOf = -Infinity } = this.series.at(openTime) ?? {};
    if (closed === false || (news.exchangeTime ?? Infinity) < toldOf) return this.hooks.ended('dropped', 1);
    this.correct(index, news);
    this.settle();
  }

  /** Tells a closed candle in place of what was told of its bucket, where that was otherwise. */
  private correct(index: number, news: CandleNews): void {
    const { interval } = this.rules;
    const openTime = interval.openTime(index);
    const known = this.series.at(openTime);
    const isCorrection = this.series.knows(openTime);
    const candle = toldCandle(interval, index, news.row, news, true);
    const isNew = index >= this.first && (!known || !haveSameNumbers(known, candle));
    if (!isNew || !this.series.set(candle)) return this.hooks.ended('dropped', 1);
    this.hooks.deliver(isCorrection ? { ...candle, correction: true } : candle);
  }

  /** Trades came between the last candle and this one, of which nothing was told. */
  private checkTrades(index: number, first: number): void {
    const { lastTrade } = this;
    if (!lastTrade || index <= lastTrade.index || first <= lastTrade.id + 1) return;
    // What waits between them may hold those trades.
    if (this.pending.newest > lastTrade.index || this.asked || !this.rules.canFetch) return;
    this.tellMissing(
      lastTrade.index,
      index - 1,
      `trades ${lastTrade.id + 1} to ${first - 1} are in no candle`,
    );
    this.ask(lastTrade.index, index);
    this.lastTrade = undefined;
  }

  /** Closes what can be closed, tells of the running candle, and asks for what is missing between. */
  private settle(): void {
    // Whoever is told may have the source taken away, which comes back here.
    if (this.isSettling) return;
    this.isSettling = true;
    try {
      while (this.cursor !== undefined && this.closeNext(this.cursor));
      if (this.cursor !== undefined) this.tellRunning(this.cursor);
    } finally {
      this.isSettling = false;
    }
    this.completeFilling();
    if (this.asked === undefined && this.live) this.hooks.flows('candles follow each other');
    this.wakeInTime();
  }

  /** Returns whether a bucket has come to its end, and is told. */
  private closeNext(index: number): boolean {
    const { pending, rules, supply } = this;
    const { news, final, isQuiet } = pending.at(index) ?? {};
    if (news?.row.closed === true) return this.close(index, news);
    if (final) return this.close(index, final);
    if (isQuiet) return news ? this.close(index, news) : this.pass(index);
    const isPast = this.hooks.exchangeNow() >= rules.interval.openTime(index + 1) + rules.settlesWithinMs;
    const isFollowed = pending.newest > index;
    if (!isPast && !isFollowed) return false;
    if (news?.isFresh) {
      if (this.isFinal(news, index, isPast)) return this.close(index, news);
      // The row that closes it may be on its way.
      return isPast && this.resolve(index, isFollowed);
    }
    const isQuietByRule = !news && rules.skipsQuiet && supply.hasWitnessed(index);
    if (isQuietByRule && this.missing === undefined) return this.pass(index);
    return this.resolve(index, isFollowed);
  }

  /** Whether a row that does not say so has the last word on its bucket. */
  private isFinal({ row, source }: CandleNews, index: number, isPast: boolean): boolean {
    if (source === 'rest') return false;
    if (row.closed === undefined) return true;
    const next = this.pending.next(index)?.news?.row.tradeIds;
    if (next && row.tradeIds) return next.first === row.tradeIds.last + 1;
    return isPast && !this.rules.canFetch;
  }

  /** It is not known how a bucket ended. */
  private resolve(index: number, isFollowed: boolean): boolean {
    const { rules, pending, supply } = this;
    if (!rules.canFetch) {
      const next = pending.next(index)?.index;
      if (next !== undefined) this.leaveOut(index, next - 1, 'rows did not come');
      return next !== undefined;
    }
    const now = this.hooks.exchangeNow();
    if (this.asked || !supply.isThere || now - this.askedAt < ASK_AGAIN_MS) return false;
    const past = rules.interval.indexOf(now - rules.settlesWithinMs) - 1;
    const end = Math.min(index + MAX_HISTORY, Math.max(index, isFollowed ? pending.newest - 1 : past));
    if (!supply.isPolled && this.series.size > 0 && !pending.at(index)?.news)
      this.tellMissing(index, end, 'rows did not come');
    // With its successor, which shows that it is over.
    this.ask(index, end + 1);
    return false;
  }

  private close(index: number, news: CandleNews): boolean {
    const waiting = this.pending.take(index);
    // The event is that of a row that waited, or one more where all were told before.
    if (waiting === 0) this.hooks.added(1);
    else this.hooks.ended('conflated', waiting - 1);
    const { row } = news;
    if (row.tradeIds) this.lastTrade = { id: row.tradeIds.last, index };
    const candle = toldCandle(this.rules.interval, index, row, news, true);
    this.series.set(candle);
    this.cursor = index + 1;
    this.hooks.deliver(candle);
    this.hooks.settled(candle.closeTime);
    return true;
  }

  /** Nothing was traded. */
  private pass(index: number): boolean {
    const { interval, synthetic } = this.rules;
    const openTime = interval.openTime(index);
    this.pending.take(index);
    this.cursor = index + 1;
    const before = synthetic ? this.series.at(interval.openTime(index - 1)) : undefined;
    if (before) {
      const told = { receivedAt: this.hooks.now(), exchangeTime: undefined, source: 'derived' } as const;
      const candle = {
        ...toldCandle(interval, index, flatCandle(before.close), told, true),
        synthetic: true,
      };
      this.series.set(candle);
      this.hooks.added(1);
      this.hooks.deliver(candle);
    } else this.series.setQuiet(openTime);
    this.hooks.settled(interval.openTime(index + 1));
    return true;
  }

  private tellRunning(index: number): void {
    const news = this.pending.at(index)?.news;
    if (!news || news.isTold) return;
    this.pending.told(news);
    const candle = toldCandle(this.rules.interval, index, news.row, news, false);
    this.series.set(candle);
    this.hooks.deliver(candle);
  }

  private tellMissing(from: number, to: number, reason: string): void {
    const { missing } = this;
    if (missing && missing.from <= from && missing.to >= to) return;
    this.missing = missing
      ? { from: Math.min(from, missing.from), to: Math.max(to, missing.to) }
      : { from, to };
    this.hooks.broken(reason, { ...this.timesOf({ from, to }), asked: true });
  }

  /** Goes on after buckets that nobody can tell of. */
  private leaveOut(from: number, to: number, reason: string): void {
    for (let index = from; index <= to; index++) {
      const rows = this.pending.take(index);
      if (rows > 0) this.hooks.ended('lost', rows);
    }
    this.cursor = to + 1;
    // Without REST nobody can be asked for it later.
    this.hasHoles = this.rules.canFetch;
    this.hooks.broken(reason, this.timesOf({ from, to }));
    this.hooks.settled(this.rules.interval.openTime(to + 1));
  }

  private completeFilling(): void {
    const { missing, cursor } = this;
    if (!missing || cursor === undefined || this.asked || cursor <= missing.to) return;
    const range = this.timesOf(missing);
    this.missing = undefined;
    if (this.series.holes(range.from, range.to).length === 0) this.filled = range;
  }

  /** Asks once more for what could not be had. */
  private mend(now: number): void {
    const [hole] = this.series.holes();
    this.hasHoles = hole !== undefined;
    if (!hole || this.asked) return;
    const { interval } = this.rules;
    const [from, to] = [interval.indexOf(hole.from), interval.indexOf(hole.to)];
    this.supply.failed(now);
    this.tellMissing(from, to, 'what was missing is asked for once more');
    this.ask(from, to);
  }

  private wakeInTime(): void {
    const { rules, cursor } = this;
    const now = this.hooks.exchangeNow();
    const end = cursor === undefined ? undefined : rules.interval.openTime(cursor + 1);
    const delayMs = this.supply.nextAfter(now, end, this.hasHoles);
    if (delayMs !== undefined) this.hooks.wakeAfter(delayMs);
  }

  private timesOf({ from, to }: Buckets): CandleRange {
    const { interval } = this.rules;
    return { from: interval.openTime(from), to: interval.openTime(to) };
  }
}
