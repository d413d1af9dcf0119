import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import type { RecordedSubscription, RecordedTopic } from './recorded-topics.ts';

/** One connection of a recording. */
export interface ConnectionReport {
  /** As recorded; null where the recording begins in mid-stream and does not show it. */
  readonly url: string | null;
  /** Frames that followed one another, where the exchange numbers the whole connection. */
  readonly linksOk: number;
  readonly gaps: number;
  /** Frames passed over that came again, or late. */
  readonly repeated: number;
}

/** One book of a recording. */
export interface BookReport {
  readonly symbol: string;
  /** Whether it ever got a whole book; without one nothing could be checked. */
  readonly seeded: boolean;
  /** Whole books taken over. */
  readonly snapshots: number;
  readonly updates: number;
  /** Updates that the whole book contained already. */
  readonly olderThanSnapshot: number;
  /** Updates that continued the book, the one that bridges a snapshot included. */
  readonly linksOk: number;
  readonly gaps: number;
  readonly checksumsOk: number;
  readonly checksumsBad: number;
  /** Whether the book was crossed when the recording ended, or had been and was not whole again. */
  readonly crossedAtEnd: boolean;
}

/** What pushing a recorded session through the pipeline has shown. */
export interface ReplayReport {
  readonly exchange: string;
  /** Frames received. */
  readonly frames: number;
  /** Data events by channel. */
  readonly events: Readonly<Record<string, number>>;
  /** Frames that are known and of no use, by name. */
  readonly ignored: Readonly<Record<string, number>>;
  readonly unhandled: number;
  readonly rejected: number;
  /** Frames and REST answers that could not be read at all. */
  readonly decodeErrors: number;
  readonly connections: readonly ConnectionReport[];
  readonly books: readonly BookReport[];
  /** No gap, no bad checksum, no decode error, no unhandled frame, and no book that was ever crossed. */
  readonly ok: boolean;
}

/** Sums a replay up. */
export function createReport(
  exchange: string,
  statistics: ExchangeStatistics,
  connections: readonly ConnectionReport[],
  topics: Iterable<RecordedTopic>,
): ReplayReport {
  const all = [...topics].flatMap(({ subscriptions }) => subscriptions);
  const books = all.flatMap((subscription) => bookReport(subscription) ?? []);
  const everCrossed = all.some(({ flow }) => (flow.book?.counters.breaks.crossed ?? 0) > 0);
  const soundBooks = books.every((book) => book.gaps === 0 && book.checksumsBad === 0 && !book.crossedAtEnd);
  return {
    exchange,
    frames: statistics.frames,
    events: { ...statistics.events },
    ignored: Object.fromEntries(statistics.ignored),
    unhandled: statistics.unhandled,
    rejected: statistics.rejected,
    decodeErrors: statistics.undecodable,
    connections,
    books,
    ok:
      soundBooks &&
      !everCrossed &&
      statistics.undecodable === 0 &&
      statistics.unhandled === 0 &&
      connections.every((connection) => connection.gaps === 0),
  };
}

function bookReport({ request, flow }: RecordedSubscription): BookReport | undefined {
  if (!flow.book) return undefined;
  const { counters, live, crossed } = flow.book;
  return {
    symbol: request.symbol,
    seeded: counters.snapshots > 0,
    snapshots: counters.snapshots,
    updates: counters.updates,
    olderThanSnapshot: counters.old,
    linksOk: counters.linksOk,
    gaps: counters.breaks.gap + counters.breaks.count,
    checksumsOk: counters.checksumsOk,
    checksumsBad: counters.breaks.checksum,
    // The engine empties a crossed book, so that it is not seen crossed afterwards.
    crossedAtEnd: crossed || (counters.breaks.crossed > 0 && !live),
  };
}
