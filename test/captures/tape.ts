import { readLines } from '../../libs/adapters/test/captures.ts';
import { ReferenceBook } from './reference-book.ts';
import type { BookChange, ReferenceReader, Shift } from './reference-reader.ts';

/** Rounds begin at full minutes apart, so that candles keep their buckets. */
const ROUND_MS = 60_000;

interface RecordedLine {
  /** Seconds since the epoch. */
  readonly t: number;
  readonly k: string;
  readonly url?: string;
  readonly frame?: string;
}

export interface TapeFrame {
  /** Since the beginning of its round. */
  readonly atMs: number;
  readonly topic: string;
  readonly text: string;
  /** Of an update of a book. */
  readonly change?: BookChange;
}

/** A recorded session that can go on for ever. */
export class Tape {
  /** Of the first frame, milliseconds since the epoch. */
  readonly startedAt: number;
  readonly roundMs = ROUND_MS;
  readonly books: ReadonlyMap<string, ReferenceBook>;
  readonly topics: readonly string[];
  /** What the exchange trades, as far as the recording is about it. */
  readonly instruments: string;
  private readonly frames: readonly TapeFrame[];
  private readonly tradeCounts = new Map<string, number>();
  private readonly rounds: TapeFrame[][] = [];

  /** undefined, with a word on how to get it, where there is no such recording. */
  static of(reader: ReferenceReader): Tape | undefined {
    const lines = readLines(reader.session);
    const http = readLines(reader.http);
    if (!lines || !http) return undefined;
    const read = (line: string): RecordedLine => JSON.parse(line) as RecordedLine;
    return new Tape(reader, lines.map(read), http.map(read));
  }

  private constructor(
    private readonly reader: ReferenceReader,
    lines: readonly RecordedLine[],
    http: readonly RecordedLine[],
  ) {
    this.startedAt = Math.floor(lines[0]!.t * 1_000);
    const changes = new Map<string, BookChange[]>();
    const topics = new Map<string, string>();
    const tradeIds = new Map<string, number[]>();
    this.frames = lines.flatMap(({ t, k, frame = '' }) => {
      const meaning = k === 'recv' ? reader.meaning(frame) : undefined;
      if (!meaning) return [];
      const { topic, change, tradeId } = meaning;
      if (change) {
        topics.set(change.book, topic);
        added(changes, change.book, change);
      }
      if (tradeId !== undefined) added(tradeIds, topic, tradeId);
      return [{ atMs: t * 1_000 - this.startedAt, topic, text: frame, change }];
    });
    this.topics = [...new Set(this.frames.map(({ topic }) => topic))];
    for (const [topic, ids] of tradeIds) this.tradeCounts.set(topic, ids.at(-1)! + 1 - ids[0]!);
    this.books = new Map(
      [...topics].map(([symbol, topic]) => [
        symbol,
        new ReferenceBook(symbol, topic, this.recordedBook(http, symbol), changes.get(symbol)!),
      ]),
    );
    const listed = http.find(({ url }) => reader.question(new URL(url!)) === 'instruments');
    this.instruments = reader.instruments(listed!.frame!, [...topics.keys()]);
  }

  /** The frames of a round, the first being 0, in the order in which they came. */
  round(round: number): readonly TapeFrame[] {
    return (this.rounds[round] ??= this.framesOf(round));
  }

  private framesOf(round: number): TapeFrame[] {
    const frames = round === 0 ? this.frames : this.laterFrames(round);
    const last = this.frames.at(-1)!.atMs;
    const home = [...this.books.values()].map((book, index): TapeFrame => {
      const atMs = last + 100 + index;
      const change = book.homeward(round);
      const text = this.reader.frameOf(
        change,
        book.topic,
        this.startedAt + round * ROUND_MS + Math.round(atMs),
      );
      return { atMs, topic: book.topic, text, change };
    });
    return [...frames, ...home];
  }

  private laterFrames(round: number): readonly TapeFrame[] {
    const bookOf = (symbol: string): ReferenceBook => this.books.get(symbol)!;
    const shift: Shift = {
      timeMs: round * ROUND_MS,
      sequence: (symbol) => round * bookOf(symbol).period,
      before: (symbol) => bookOf(symbol).start + round * bookOf(symbol).period,
      tradeId: (topic) => round * this.tradeCounts.get(topic)!,
    };
    const isNew = ({ change }: TapeFrame): boolean =>
      change === undefined || change.last > bookOf(change.book).start;
    return this.frames.filter(isNew).map(({ atMs, topic, text }) => {
      const later = this.reader.shifted(text, shift);
      return { atMs, topic, text: later, change: this.reader.meaning(later)?.change };
    });
  }

  private recordedBook(
    http: readonly RecordedLine[],
    symbol: string,
  ): NonNullable<ReturnType<ReferenceReader['wholeBook']>> {
    const answer = http.find(({ url }) => {
      const asked = this.reader.question(new URL(url!));
      return typeof asked === 'object' && asked.book === symbol;
    });
    return this.reader.wholeBook(answer!.frame!)!;
  }
}

function added<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
