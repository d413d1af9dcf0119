import type { BookReader, LostRange } from '@exchange-stream/market-data';
import type { BookChecksum, BookLink } from '../../contract/index.ts';
import type { KeptBook } from './kept-book.ts';

/**
 * What makes a book wrong. `gap`: something between two updates is missing. `checksum`: the exchange's does not agree.
 * `crossed`: its best bid is not below its best ask. `price`: one that is zero or negative. `malformed`: a row that could
 * not be read. `count`: its updates are numbered anew. `overflow`: too much waited for a whole book.
 * `reach`: the market has moved behind the levels that are known.
 */
export type BookBreakKind =
  'gap' | 'checksum' | 'crossed' | 'price' | 'malformed' | 'count' | 'overflow' | 'reach';

/** Why a book is wrong from here on. */
export interface BookBreak {
  readonly kind: BookBreakKind;
  /** In words. */
  readonly reason: string;
  /** What is missing, where that is known. */
  readonly lost?: LostRange;
}

/** More updates than are ever missing between two: numbers that leap so far are of another count. */
const MAX_LOST = 10_000_000;

/** @param sequence of the book; undefined where nothing has a number @param next the update that does not follow it */
export function missingBefore(sequence: number | undefined, next: BookLink | undefined): BookBreak {
  const first = next?.first ?? next?.last;
  if (sequence === undefined || first === undefined) return { kind: 'gap', reason: 'an update is missing' };
  const [from, to] = [sequence + 1, first - 1];
  if (from > to) return { kind: 'gap', reason: 'an update is missing' };
  if (to - from >= MAX_LOST)
    return {
      kind: 'count',
      reason: `the numbers leapt: update ${first} came when the book was at ${sequence}`,
    };
  return { kind: 'gap', reason: `updates ${from} to ${to} are missing`, lost: { from, to } };
}

export function crossing(book: BookReader): BookBreak | undefined {
  if (!book.crossed) return undefined;
  const [bid] = book.bestBid ?? [];
  const [ask] = book.bestAsk ?? [];
  return { kind: 'crossed', reason: `the book is crossed: bid ${bid} at or above ask ${ask}` };
}

/** @param expected the exchange's checksum, which is not 0 */
export function mismatch<Row>(
  book: KeptBook<Row>,
  checksum: BookChecksum<Row>,
  expected: number,
): BookBreak | undefined {
  const { bids, asks } = book.written(checksum.levels);
  const found = checksum.of(bids, asks);
  if ((found ^ expected) === 0) return undefined;
  return {
    kind: 'checksum',
    reason: `the checksum of the book is ${found | 0}, and that of the exchange ${expected | 0}`,
  };
}
