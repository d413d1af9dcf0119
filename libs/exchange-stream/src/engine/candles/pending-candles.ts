import type { CandleSource } from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';

/** Buckets of which rows may wait; one that waits for more will not come to an end. */
const MAX_PENDING = 10_000;

/** The newest that is said of a bucket that is not closed yet. */
export interface CandleNews {
  readonly row: CandleRow;
  readonly receivedAt: number;
  readonly exchangeTime: number | undefined;
  readonly source: CandleSource;
  isTold: boolean;
  /** The source has been there ever since. */
  isFresh: boolean;
}

/** What is known of a bucket that is not closed yet. */
export interface PendingCandle {
  readonly index: number;
  news: CandleNews | undefined;
  /** As REST has it, when it is over. */
  final: CandleNews | undefined;
  /** REST has no candle of it, and it is over. */
  isQuiet: boolean;
}

/** What has come of buckets that are not closed yet, by their numbers. */
export class PendingCandles {
  private readonly buckets = new Map<number, PendingCandle>();
  /** Number of the newest bucket of which a row came. */
  newest = -Infinity;
  /** Rows of which no event is told yet. */
  waiting = 0;

  at(index: number): PendingCandle | undefined {
    return this.buckets.get(index);
  }

  /** The first bucket after one of which a row waits. */
  next(index: number): PendingCandle | undefined {
    for (let next = index + 1; next <= this.newest; next++) {
      const bucket = this.buckets.get(next);
      if (bucket?.news ?? bucket?.final) return bucket;
    }
    return undefined;
  }

  /** Takes the newest in. Returns what has become of a row that goes for it, if one does. */
  put(index: number, news: CandleNews): 'conflated' | 'dropped' | 'lost' | undefined {
    const bucket = this.bucket(index);
    if (!bucket) return 'lost';
    const before = bucket.news;
    if (before && isBefore(news, before)) return 'dropped';
    bucket.news = news;
    this.newest = Math.max(this.newest, index);
    if (before && !before.isTold) return 'conflated';
    this.waiting++;
    return undefined;
  }

  /** A row of a bucket that is over. Returns whether it was known already. */
  putFinal(index: number, final: CandleNews): 'dropped' | 'lost' | undefined {
    const bucket = this.bucket(index);
    if (!bucket) return 'lost';
    if (bucket.final) return 'dropped';
    bucket.final = final;
    this.newest = Math.max(this.newest, index);
    this.waiting++;
    return undefined;
  }

  /** Nothing was traded in a bucket that is over. */
  putQuiet(index: number): void {
    const bucket = this.bucket(index);
    if (bucket) bucket.isQuiet = true;
  }

  told(news: CandleNews): void {
    if (news.isTold) return;
    news.isTold = true;
    this.waiting--;
  }

  /** Takes a bucket out. Returns how many of its rows no event was told of. */
  take(index: number): number {
    const bucket = this.buckets.get(index);
    if (!bucket) return 0;
    this.buckets.delete(index);
    const rows = (bucket.news && !bucket.news.isTold ? 1 : 0) + (bucket.final ? 1 : 0);
    this.waiting -= rows;
    return rows;
  }

  /** Returns how many rows waited. */
  clear(): number {
    const rows = this.waiting;
    this.buckets.clear();
    this.newest = -Infinity;
    this.waiting = 0;
    return rows;
  }

  /** The source is gone: what came of running candles may not be all of them. */
  interrupted(): void {
    for (const { news } of this.buckets.values()) if (news && news.row.closed !== true) news.isFresh = false;
  }

  private bucket(index: number): PendingCandle | undefined {
    const known = this.buckets.get(index);
    if (known ?? this.buckets.size >= MAX_PENDING) return known;
    const bucket: PendingCandle = { index, news: undefined, final: undefined, isQuiet: false };
    this.buckets.set(index, bucket);
    return bucket;
  }
}

/** Whether what came later is of an earlier time. The stream knows more of a running candle than an answer that was on its way. */
function isBefore(came: CandleNews, known: CandleNews): boolean {
  if (known.row.closed === true && came.row.closed !== true) return true;
  if (came.source === 'rest' && known.source === 'stream' && known.isFresh) return true;
  return (
    came.exchangeTime !== undefined &&
    known.exchangeTime !== undefined &&
    came.exchangeTime < known.exchangeTime
  );
}
