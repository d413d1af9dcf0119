import type { CandleInterval, CandleRange } from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';

/** Numbers of buckets, both included. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * A range of candles, page by page. What an answer has nothing of before its first or after its last row is asked for by
 * itself: the exchange may have cut it off, whatever its limit is said to be. Only an answer without a row says that there
 * is none. So each answer makes what is left smaller.
 */
export class CandlePages {
  private readonly left: Span[];

  constructor(
    range: CandleRange,
    private readonly interval: CandleInterval,
    /** Candles that one answer has at most. */
    readonly limit: number,
  ) {
    this.left = [{ from: interval.indexOf(range.from), to: interval.indexOf(range.to) }];
  }

  /** The page to ask for now, oldest first; undefined when all are told. */
  get page(): CandleRange | undefined {
    const [span] = this.left;
    return span && this.timesOf({ from: span.from, to: Math.min(span.to, span.from + this.limit - 1) });
  }

  /** Takes the answer to the page. Returns of which buckets it tells, be it that nothing was traded. */
  answered(rows: readonly CandleRow[]): CandleRange | undefined {
    const { page } = this;
    const span = this.left.shift();
    if (!page || !span) return undefined;
    const to = this.interval.indexOf(page.to);
    const found = rows
      .map(({ openTime }) => this.interval.indexOf(openTime))
      .filter((index) => index >= span.from && index <= to);
    const first = found.length === 0 ? span.from : Math.min(...found);
    const last = found.length === 0 ? to : Math.max(...found);
    if (last < span.to) this.left.unshift({ from: last + 1, to: span.to });
    if (first > span.from) this.left.unshift({ from: span.from, to: first - 1 });
    return this.timesOf({ from: first, to: last });
  }

  private timesOf({ from, to }: Span): CandleRange {
    return { from: this.interval.openTime(from), to: this.interval.openTime(to) };
  }
}
