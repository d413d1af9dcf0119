import type { Clock } from '@exchange-stream/market-data';
import type { BookSide } from '../market/book-side.ts';
import type { InstrumentMarket } from '../market/instrument-market.ts';
import { Pace } from '../market/pace.ts';
import type { SeededMarket } from '../market/seeded-market.ts';
import { frameText, levelRow, levelRows, rpiLevelRow, type Payload } from './okx.frames.ts';
import { BOOK_LEVELS } from './okx.limits.ts';
import { publish, type LiveTopic, type OkxTopicIndex } from './okx.topic-index.ts';

/** Beats of a tenth of a second after which a book says that nothing has changed. */
const QUIET_BEATS = 600;
/** Between two best quotes. */
const QUOTE_SPEED_MS = 10;

/** What everybody who follows a book has of it: by price, the best levels of each side. */
interface Shown {
  seqId: number;
  bids: ReadonlyMap<number, number>;
  asks: ReadonlyMap<number, number>;
  /** Beats since the latest frame. */
  quietBeats: number;
}

/**
 * Publishes books. Whoever follows `books` has the best 400 levels of each side: what leaves them is removed, and what
 * comes into them is told, whether or not it changed.
 */
export class OkxBooks {
  private readonly shown = new WeakMap<LiveTopic, Shown>();
  /** Whose best quotes changed. */
  private readonly quoted: Pace<string>;

  constructor(
    private readonly clock: Clock,
    private readonly topics: OkxTopicIndex,
    private readonly market: () => SeededMarket,
  ) {
    this.quoted = new Pace(clock, QUOTE_SPEED_MS, (symbol) => this.publishQuote(symbol));
  }

  stop(): void {
    this.quoted.stop();
  }

  /** The best quotes of an instrument changed, or somebody waits for them. */
  quote(symbol: string): void {
    if (this.topics.of('bbo-tbt', symbol).size > 0) this.quoted.add(symbol);
  }

  /** A tenth of a second is over. */
  beat(): void {
    for (const live of this.topics.all) {
      const { kind, subject } = live.topic;
      if (kind !== 'books' && kind !== 'books-rpi' && kind !== 'books5') continue;
      const market = this.market().find(subject);
      if (market === undefined) continue;
      if (kind === 'books5') this.publishTop(live, market, 5);
      else this.publishBook(live, market);
    }
  }

  /** Nothing more comes for a while: what is pending goes out. */
  settle(): void {
    this.beat();
    this.quoted.flush();
  }

  /** Counts the changes from 1 again: one update leads over, from the last number to a lower one. */
  countAnew(market: InstrumentMarket): void {
    market.book.countAnew();
    for (const live of this.of(market)) this.publishChanges(live, market, true);
  }

  sendWhole(market: InstrumentMarket): void {
    for (const live of this.of(market)) {
      for (const follower of live.followers.values()) follower.hasWhole = false;
      this.publishBook(live, market);
    }
  }

  private *of({ instrument: { symbol } }: InstrumentMarket): Generator<LiveTopic> {
    yield* this.topics.of('books', symbol);
    yield* this.topics.of('books-rpi', symbol);
  }

  private publishBook(live: LiveTopic, market: InstrumentMarket): void {
    this.publishChanges(live, market, false);
    const newcomers = [...live.followers.values()].filter(({ hasWhole }) => !hasWhole);
    if (newcomers.length === 0) return;
    // Between the changes, so that it holds exactly what the others have.
    const isFirst = newcomers.length === live.followers.size;
    const shown = (isFirst ? undefined : this.shown.get(live)) ?? this.show(live, market);
    this.send(live, market, { prevSeqId: -1, ...shown }, 'snapshot', ({ hasWhole }) => !hasWhole);
    for (const newcomer of newcomers) newcomer.hasWhole = true;
  }

  /** @param leadsOver whether it is told though nothing changed but the number */
  private publishChanges(live: LiveTopic, market: InstrumentMarket, leadsOver: boolean): void {
    const before = this.shown.get(live);
    if (before === undefined) return;
    const isQuiet = ++before.quietBeats >= QUIET_BEATS;
    if (market.book.lastUpdateId === before.seqId && !isQuiet) return;
    const now = { seqId: market.book.lastUpdateId, ...bestLevels(market) };
    const bids = changed(before.bids, now.bids);
    const asks = changed(before.asks, now.asks);
    // Changes beyond the best levels are nothing that is told.
    const isSilent = bids.size === 0 && asks.size === 0 && !leadsOver;
    if (isSilent && !isQuiet) return;
    const seqId = isSilent ? before.seqId : now.seqId;
    this.shown.set(live, { ...now, seqId, quietBeats: 0 });
    const update = { prevSeqId: before.seqId, seqId, bids, asks };
    this.send(live, market, update, 'update', ({ hasWhole }) => hasWhole);
  }

  private show(live: LiveTopic, market: InstrumentMarket): Shown {
    const shown = { seqId: market.book.lastUpdateId, ...bestLevels(market), quietBeats: 0 };
    this.shown.set(live, shown);
    return shown;
  }

  private send(
    live: LiveTopic,
    market: InstrumentMarket,
    book: Pick<Shown, 'seqId' | 'bids' | 'asks'> & { readonly prevSeqId: number },
    action: 'snapshot' | 'update',
    isMeant: Parameters<typeof publish>[2],
  ): void {
    const isRpi = live.topic.kind === 'books-rpi';
    const rows = (side: ReadonlyMap<number, number>): unknown[] =>
      [...side].map(([ticks, lots]) => (isRpi ? rpiLevelRow : levelRow)(market, ticks, lots));
    const row = {
      asks: rows(book.asks),
      bids: rows(book.bids),
      ts: String(this.clock.now()),
      // A constant since 2026-06; the newer channel has none.
      ...(!isRpi && { checksum: 0 }),
      prevSeqId: book.prevSeqId,
      seqId: book.seqId,
    };
    publish(live, frameText(live.topic.arg, [row], action), isMeant);
  }

  private publishTop(live: LiveTopic, market: InstrumentMarket, levels: number): void {
    const { lastUpdateId } = market.book;
    const isUnaware = ({ seenUpdateId }: { readonly seenUpdateId: number }): boolean =>
      seenUpdateId !== lastUpdateId;
    if (![...live.followers.values()].some(isUnaware)) return;
    publish(live, frameText(live.topic.arg, [this.topRow(market, levels)]), isUnaware);
    for (const follower of live.followers.values()) follower.seenUpdateId = lastUpdateId;
  }

  private topRow(market: InstrumentMarket, levels: number): Payload {
    const { bids, asks, lastUpdateId } = market.book;
    return {
      asks: levelRows(market, asks, levels),
      bids: levelRows(market, bids, levels),
      ...(levels > 1 && { instId: market.instrument.symbol }),
      ts: String(this.clock.now()),
      seqId: lastUpdateId,
    };
  }

  private publishQuote(symbol: string): void {
    const market = this.market().find(symbol);
    if (market === undefined) return;
    for (const live of this.topics.of('bbo-tbt', symbol)) this.publishTop(live, market, 1);
  }
}

function bestLevels({ book }: InstrumentMarket): Pick<Shown, 'bids' | 'asks'> {
  return { bids: best(book.bids), asks: best(book.asks) };
}

function best(side: BookSide): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  for (let rank = 0; rank < Math.min(BOOK_LEVELS, side.length); rank++)
    levels.set(side.price(rank) ?? 0, side.amount(rank));
  return levels;
}

/** What must be set, zero removing a level, to come from one to the other. */
function changed(
  before: ReadonlyMap<number, number>,
  now: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const changes = new Map<number, number>();
  for (const [ticks, lots] of now) if (before.get(ticks) !== lots) changes.set(ticks, lots);
  for (const ticks of before.keys()) if (!now.has(ticks)) changes.set(ticks, 0);
  return changes;
}
