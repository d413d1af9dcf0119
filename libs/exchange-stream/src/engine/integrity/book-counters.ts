import type { BookBreakKind } from './book-break.ts';

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
  /** Checksums that the book agreed with. */
  checksumsOk: number;
  /** Times that the book was wrong, by what made it so. */
  readonly breaks: Record<BookBreakKind, number>;
}

export function createBookCounters(): BookCounters {
  return {
    updates: 0,
    snapshots: 0,
    old: 0,
    linksOk: 0,
    checksumsOk: 0,
    breaks: { gap: 0, checksum: 0, crossed: 0, price: 0, malformed: 0, count: 0, overflow: 0, reach: 0 },
  };
}
