import type { Candle, CandleInterval, CandleRange } from '@exchange-stream/market-data';
import type { CandleRow } from '../../contract/index.ts';
import { InvalidOptionsError } from '../errors.ts';
import { CandlePages } from './candle-pages.ts';
import { joinedParts } from './joined-parts.ts';
import { toldCandle } from './told-candle.ts';

/** Buckets that may be asked for at once. */
export const MAX_HISTORY_RANGE = 10_000;

/** Closed candles of a range, as REST has them: ordered, each bucket once. */
export interface CandleHistory<C = Candle> {
  readonly candles: readonly C[];
  /** Buckets of which the exchange has no candle: nothing was traded, or it keeps none so old. */
  readonly quiet: readonly CandleRange[];
  /** Buckets of which it sent what cannot be read. */
  readonly gaps: readonly CandleRange[];
}

/** Where the pages of a history come from. */
export interface HistorySource {
  readonly interval: CandleInterval;
  readonly pageLimit: number;
  /** Everything that begins before is closed. */
  readonly closedUntil: number;
  now(): number;
  page(range: CandleRange): Promise<{ readonly rows: readonly CandleRow[]; readonly rejected: number }>;
}

/**
 * All closed candles of a range, page by page.
 * @param whole the interval that is wanted, where it is made of those that the exchange has
 * @throws InvalidOptionsError for a range that cannot be asked for, and whatever a page throws
 */
export async function candleHistory(
  range: CandleRange,
  whole: CandleInterval | undefined,
  source: HistorySource,
): Promise<CandleHistory> {
  if (!whole) return historyOf(range, source);
  const from = whole.start(range.from);
  const to = Math.min(whole.end(range.to), whole.start(source.closedUntil)) - 1;
  const { candles, gaps } = await historyOf({ from, to: Math.max(from, to) }, source);
  const isTorn = (openTime: number): boolean =>
    gaps.some((gap) => gap.from < whole.end(openTime) && gap.to >= openTime);
  const wholes = joinedParts(whole, candles, (openTime) => openTime <= to && !isTorn(openTime));
  const found = new Set(wholes.map(({ openTime }) => openTime));
  const missing = (isWanted: (openTime: number) => boolean): CandleRange[] =>
    ranges(whole, whole.indexOf(from), whole.indexOf(to), (index) => {
      const openTime = whole.openTime(index);
      return !found.has(openTime) && isWanted(openTime);
    });
  return { candles: wholes, quiet: missing((openTime) => !isTorn(openTime)), gaps: missing(isTorn) };
}

async function historyOf(range: CandleRange, source: HistorySource): Promise<CandleHistory> {
  const { interval } = source;
  const from = interval.indexOf(range.from);
  const to = Math.min(interval.indexOf(range.to), interval.indexOf(source.closedUntil) - 1);
  checkRange(range, to - from + 1);
  const found = new Map<number, Candle>();
  const unread = new Set<number>();
  const pages = new CandlePages(range, interval, source.pageLimit);
  for (
    let page = from > to ? undefined : pages.page;
    page && page.from <= interval.openTime(to);
    page = pages.page
  ) {
    const { rows, rejected } = await source.page(page);
    const told = pages.answered(rows) ?? page;
    for (const row of rows) {
      const index = interval.indexOf(row.openTime);
      const isWanted = index >= from && index <= to && interval.openTime(index) === row.openTime;
      const news = { receivedAt: source.now(), exchangeTime: undefined, source: 'rest' } as const;
      if (isWanted && !found.has(index)) found.set(index, toldCandle(interval, index, row, news, true));
    }
    if (rejected === 0) continue;
    const last = Math.min(to, interval.indexOf(told.to));
    for (let index = interval.indexOf(told.from); index <= last; index++) unread.add(index);
  }
  const isFound = (index: number): boolean => found.has(index);
  const isUnread = (index: number): boolean => !isFound(index) && unread.has(index);
  return {
    candles: [...found].sort(([one], [other]) => one - other).map(([, candle]) => candle),
    quiet: ranges(interval, from, to, (index) => !isFound(index) && !isUnread(index)),
    gaps: ranges(interval, from, to, isUnread),
  };
}

function checkRange({ from, to }: CandleRange, buckets: number): void {
  const allowed = `times in milliseconds since the epoch, from ≤ to, ${MAX_HISTORY_RANGE} buckets at most`;
  const isValid = Number.isFinite(from) && Number.isFinite(to) && from <= to && buckets <= MAX_HISTORY_RANGE;
  if (!isValid) throw new InvalidOptionsError(`history: got from ${from} to ${to}. Allowed: ${allowed}.`);
}

function ranges(
  interval: CandleInterval,
  from: number,
  to: number,
  isIn: (index: number) => boolean,
): CandleRange[] {
  const found: CandleRange[] = [];
  let begin: number | undefined;
  for (let index = from; index <= to + 1; index++) {
    if (index <= to && isIn(index)) begin ??= index;
    else if (begin !== undefined) {
      found.push({ from: interval.openTime(begin), to: interval.openTime(index - 1) });
      begin = undefined;
    }
  }
  return found;
}
