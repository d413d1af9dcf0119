import type {
  BookLevel,
  CandleEvent,
  Channel,
  ChannelEvents,
  DataState,
  EventOrigin,
  ExchangeSequence,
  Instrument,
  LostRange,
  MarketEvent,
  QuoteEvent,
  Side,
  StatusEvent,
  TickerEvent,
} from '@exchange-stream/market-data';
import type { Clock, SubscriptionRequest } from '@exchange-stream/market-data';
import type {
  BookLink,
  BookRules,
  BookSeed,
  CandleRow,
  LinkVerdict,
  TickerRow,
} from '../../contract/index.ts';
import {
  BookSynchronizer,
  type BookCounters,
  type BookSynchronizerHooks,
} from '../integrity/book-synchronizer.ts';
import type { ExchangeStatistics } from '../lifecycle/exchange-statistics.ts';
import { Consumers } from './consumers.ts';
import type { RowTarget } from './row-target.ts';
import type { SeriesOverlap } from './series-overlap.ts';
import { isNewer, type ValueStamp } from './value-stamp.ts';

/** What events say of their instrument. */
type InstrumentName = Pick<Instrument, 'symbol' | 'nativeSymbol'>;

/** Why a market is halted. Data ends a halt that is only listed, and not one that the exchange has announced. */
interface MarketHalt {
  readonly reason: string;
  readonly isAnnounced: boolean;
}

/** What a flow needs from around it. */
export interface DataFlowEnvironment {
  readonly clock: Clock;
  readonly statistics: ExchangeStatistics;
  /** The data state has changed. */
  changed(reason: string): void;
  consumerFailed(consumer: string, error: Error): void;
  /** A REST seed of the book is needed; a later call replaces an earlier one. */
  needSeed(attempt: number, broken: string | undefined): void;
}

/**
 * The data of one subscription on its way from decoded rows to consumers: integrity in front of it, one ordered sequence
 * of data and status behind it.
 */
export class DataFlow implements RowTarget {
  readonly consumers: Consumers<MarketEvent>;
  readonly isRaw: boolean;
  private instrument: InstrumentName | undefined;
  private synchronizer: BookSynchronizer | undefined;
  private dataState: DataState = 'syncing';
  private dataSince: number;
  private dataReason = 'not yet subscribed';
  private lastReceivedAt: number | undefined;
  private lastValue: TickerEvent | QuoteEvent | CandleEvent | undefined;
  private lastBookTime: number | undefined;
  private wasLive = false;
  /** Something may have been missed since the data was last live. */
  private mayHaveMissed = false;
  /** The connection is paused by the exchange. */
  private isPaused = false;
  private halt: MarketHalt | undefined;
  /** Set while two connections may bring the same trades or frames. */
  private seriesOverlap: SeriesOverlap | undefined;
  /** Set until a fresh connection has brought a value newer than this one. */
  private fence: ValueStamp | undefined;
  private silent = false;
  private late = false;
  private newestLagMs: number | undefined;
  private readonly counts = { received: 0, delivered: 0, rejected: 0, dropped: 0, gaps: 0 };

  constructor(
    private readonly request: SubscriptionRequest,
    private readonly key: string,
    private readonly environment: DataFlowEnvironment,
  ) {
    this.isRaw = request.channel === 'raw';
    this.dataSince = environment.clock.now();
    this.consumers = new Consumers((consumer, error) => environment.consumerFailed(consumer, error));
  }

  get state(): DataState {
    return this.dataState;
  }

  /** When the state was entered, milliseconds since the epoch. */
  get since(): number {
    return this.dataSince;
  }

  get lastEventAt(): number | undefined {
    return this.lastReceivedAt;
  }

  /** Why the data is in its state. */
  get reason(): string {
    return this.dataReason;
  }

  /** Rows that the session has handed over. */
  get received(): number {
    return this.counts.received;
  }

  /** Whether it fell silent on a living connection, and nothing has come since. */
  get isSilent(): boolean {
    return this.silent;
  }

  /** Whether data arrives too late to count as present. */
  get isLate(): boolean {
    return this.late;
  }

  /** Time of receipt of the newest row less the exchange's time of it; undefined before there is one that tells. */
  get lagMs(): number | undefined {
    return this.newestLagMs;
  }

  /** Whether no data is to be expected: the exchange has stopped the market, or pauses. */
  get isHalted(): boolean {
    return this.isPaused || this.halt !== undefined;
  }

  /** Where its last value stands, a whole book included. */
  get lastStamp(): ValueStamp | undefined {
    const { lastReceivedAt: receivedAt, synchronizer, lastValue } = this;
    if (receivedAt === undefined) return undefined;
    if (synchronizer) return { sequence: synchronizer.sequence, exchangeTime: this.lastBookTime, receivedAt };
    return lastValue && { sequence: lastValue.sequence, exchangeTime: lastValue.exchangeTime, receivedAt };
  }

  get counters(): {
    received: number;
    delivered: number;
    rejected: number;
    dropped: number;
    gaps: number;
    snapshots: number;
  } {
    return { ...this.counts, snapshots: this.synchronizer?.counters.snapshots ?? 0 };
  }

  /** What has been seen of the book; undefined for other channels. */
  get book():
    | { readonly counters: Readonly<BookCounters>; readonly live: boolean; readonly crossed: boolean }
    | undefined {
    const { synchronizer } = this;
    return (
      synchronizer && {
        counters: synchronizer.counters,
        live: synchronizer.live,
        crossed: synchronizer.book.crossed,
      }
    );
  }

  /** The instrument is known, and for a book how it is kept right. */
  place(instrument: InstrumentName, book: BookRules | undefined): void {
    this.instrument = instrument;
    if (book) this.synchronizer = new BookSynchronizer(book, this.bookHooks());
  }

  /** The exchange has confirmed the topic. After a silence that proves nothing: only data does. */
  confirmed(): void {
    if (this.silent || this.late) return;
    if (this.halt && this.dataState !== 'halted') this.setState('halted', this.halt.reason);
    if (this.halt?.isAnnounced) return;
    if (this.synchronizer) this.synchronizer.begin();
    else if (this.isSeries && this.dataState !== 'live' && !this.halt) this.becomeLive('subscribed');
  }

  /** The source is gone: nothing that was received counts as present any more. */
  lost(reason: string): void {
    this.silent = this.isPaused = false;
    this.forget();
    if (this.dataState !== 'stale') this.setState('stale', reason);
  }

  /** Nothing comes although the connection lives: what was received is of the past, until something comes again. */
  fellSilent(reason: string): void {
    this.silent = true;
    this.forget();
    this.setState('stale', reason);
  }

  /** Data comes, but late: it goes on to consumers, except for books, and is not what is present now. */
  fellBehind(reason: string): void {
    if (this.isHalted || this.dataState === 'stale') return;
    this.late = true;
    this.fence = undefined;
    this.synchronizer?.reset();
    this.setState('stale', reason);
  }

  /** Data comes in time again. */
  caughtUp(reason: string): void {
    if (!this.late) return;
    this.late = false;
    if (this.isHalted) return;
    if (!this.synchronizer) return this.becomeLive(reason);
    this.setState('syncing', reason);
    this.synchronizer.begin();
  }

  /** The exchange pauses on the connection, and will have to be asked for the topic again. */
  paused(reason: string): void {
    this.silent = false;
    this.isPaused = true;
    this.forget();
    this.setState('halted', reason);
  }

  /** The pause is over: what comes from here on counts. */
  resumed(reason: string): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (!this.halt) this.setState('syncing', reason);
  }

  /** The market does not trade by the exchange's list of instruments, until data shows otherwise. */
  listedAsHalted(reason: string): void {
    if (this.halt) return;
    this.halt = { reason, isAnnounced: false };
    this.setState('halted', reason);
  }

  /** The exchange has stopped the market, until it says otherwise. */
  marketHalted(reason: string): void {
    this.halt = { reason, isAnnounced: true };
    this.silent = this.late = false;
    this.synchronizer?.reset();
    this.setState('halted', reason);
  }

  /** Nobody would tell of the end of an announced halt any more: data shows it, like that of one that is only listed. */
  haltDoubted(): void {
    if (this.halt) this.halt = { ...this.halt, isAnnounced: false };
  }

  /**
   * The exchange has opened the market again.
   * @param isConfirmed whether the topic is confirmed, so that its data may come
   */
  marketOpened(reason: string, isConfirmed: boolean): void {
    if (!this.halt) return;
    this.halt = undefined;
    if (this.isPaused || this.dataState !== 'halted') return;
    this.setState('syncing', reason);
    if (!isConfirmed) return;
    if (this.isSeries || this.synchronizer?.live) this.becomeLive(reason);
    else this.synchronizer?.begin();
  }

  /** The same trades or frames may come from two connections from here on; `undefined`: no longer. */
  overlap(overlap: SeriesOverlap | undefined): void {
    this.seriesOverlap = overlap;
  }

  /** Rows of another connection that the flow has had already. */
  repeated(rows: number): void {
    this.counts.received += rows;
    this.counts.dropped += rows;
  }

  /** Whether its book is begun and still without a whole book. */
  get isSeeding(): boolean {
    return this.synchronizer?.isSeeding ?? false;
  }

  /** What an update of another connection would be to the book as it stands. */
  verdictOn(link: BookLink | undefined): LinkVerdict {
    return this.synchronizer?.verdictOn(link) ?? 'follows';
  }

  /** Updates of the book come from another connection from here on, cut at other places. */
  continueBook(): void {
    this.synchronizer?.changesSource();
  }

  /** Values come from another connection from here on, which may be a little behind: what is not newer is held back. */
  holdBackOlder(): void {
    this.fence = this.lastStamp;
  }

  /** The last value while the data is live: a whole book (its best `depth` levels), ticker, quote or candle. */
  latest(depth?: number): ChannelEvents[Channel] | undefined {
    if (this.dataState !== 'live') return undefined;
    return this.synchronizer ? this.bookSnapshotEvent(depth) : this.lastValue;
  }

  /** Adds a consumer and gives it the last value, where there is one, and the present status. */
  attach(name: string, receive: (event: MarketEvent) => void): () => void {
    const latest = this.latest();
    if (latest) this.consumers.call(name, receive, latest);
    this.consumers.call(name, receive, this.statusEvent());
    return this.consumers.add(name, receive);
  }

  /** The present state as an event; for a fresh gap with what was lost. */
  statusEvent(lost?: LostRange): StatusEvent {
    return {
      type: 'status',
      ...this.origin(this.dataSince, undefined),
      channel: this.request.channel,
      subscription: this.key,
      state: this.dataState,
      reason: this.dataReason,
      ...(lost ? { lost } : {}),
    };
  }

  trade(
    receivedAt: number,
    exchangeTime: number | undefined,
    id: string,
    price: string,
    amount: string,
    side: Side,
    aggregates: { readonly firstId: string; readonly lastId: string } | undefined,
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.seriesOverlap && this.isRepeated(this.seriesOverlap, id)) return;
    if (this.dataState !== 'live' && !this.halt && !this.late) this.becomeLive('trades flow');
    this.deliver({
      type: 'trade',
      ...this.origin(receivedAt, exchangeTime),
      id,
      price,
      amount,
      side,
      ...(aggregates ? { aggregates } : {}),
    });
  }

  quote(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence: ExchangeSequence | undefined,
    bid: string,
    bidAmount: string,
    ask: string,
    askAmount: string,
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.fence && this.isBehind(receivedAt, exchangeTime, sequence)) return;
    this.deliverValue({
      type: 'quote',
      ...this.origin(receivedAt, exchangeTime, sequence),
      bid,
      bidAmount,
      ask,
      askAmount,
    });
  }

  ticker(receivedAt: number, exchangeTime: number | undefined, row: TickerRow): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.fence && this.isBehind(receivedAt, exchangeTime)) return;
    this.deliverValue({ type: 'ticker', ...this.origin(receivedAt, exchangeTime), ...row });
  }

  candle(receivedAt: number, exchangeTime: number | undefined, row: CandleRow): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.fence && this.isBehind(receivedAt, exchangeTime)) return;
    this.deliverValue({ type: 'candle', ...this.origin(receivedAt, exchangeTime), ...row, source: 'stream' });
  }

  bookSnapshot(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.fence && this.isBehind(receivedAt, exchangeTime, link?.last)) return;
    if (this.halt || this.late) return void this.counts.dropped++;
    this.synchronizer?.snapshot(exchangeTime, link, bids, asks);
  }

  bookUpdate(
    receivedAt: number,
    exchangeTime: number | undefined,
    link: BookLink | undefined,
    bids: readonly BookLevel[],
    asks: readonly BookLevel[],
  ): void {
    this.arrived(receivedAt, exchangeTime);
    if (this.halt || this.late || !this.synchronizer?.update(exchangeTime, link, bids, asks))
      this.counts.dropped++;
  }

  /** A frame as it came. */
  raw(receivedAt: number, topic: string, json: string): void {
    this.arrived(receivedAt, undefined);
    if (this.seriesOverlap && this.isRepeated(this.seriesOverlap, json)) return;
    if (this.dataState !== 'live') this.becomeLive('frames flow');
    this.deliver({ type: 'raw', ...this.origin(receivedAt, undefined), topic, json });
  }

  /** A whole book from REST. */
  seeded(seed: BookSeed): void {
    this.synchronizer?.seeded(seed);
  }

  /** A row that breaks the exchange's format. */
  rejected(): void {
    this.counts.received++;
    this.counts.rejected++;
  }

  /** Whether every event counts for itself: none replaces the one before, and what was missed stays missed. */
  private get isSeries(): boolean {
    return this.isRaw || this.request.channel === 'trades';
  }

  private arrived(receivedAt: number, exchangeTime: number | undefined): void {
    this.counts.received++;
    this.silent = false;
    if (this.halt && !this.halt.isAnnounced) this.halt = undefined;
    this.lastReceivedAt = receivedAt;
    if (exchangeTime !== undefined)
      this.environment.statistics.lagMs[this.request.channel] = this.newestLagMs = receivedAt - exchangeTime;
  }

  /** Nothing that has been received counts any more. */
  private forget(): void {
    this.mayHaveMissed = this.wasLive;
    this.late = false;
    this.newestLagMs = undefined;
    this.fence = undefined;
    this.synchronizer?.reset();
  }

  private isRepeated(overlap: SeriesOverlap, id: string): boolean {
    if (overlap.isOver(this.environment.clock.monotonic())) {
      this.seriesOverlap = undefined;
      return false;
    }
    const isRepeated = overlap.isRepeated(id);
    if (isRepeated) this.counts.dropped++;
    return isRepeated;
  }

  /** Whether a fresh connection brings what the old one had brought already. */
  private isBehind(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence?: ExchangeSequence,
  ): boolean {
    if (!this.fence || isNewer({ receivedAt, exchangeTime, sequence }, this.fence)) {
      this.fence = undefined;
      return false;
    }
    this.counts.dropped++;
    return true;
  }

  private deliver(event: MarketEvent): void {
    this.counts.delivered++;
    this.environment.statistics.event(this.request.channel);
    this.consumers.deliver(event);
  }

  /** Delivers an event that replaces the one before. */
  private deliverValue(event: TickerEvent | QuoteEvent | CandleEvent): void {
    this.lastValue = event;
    this.deliver(event);
    if (this.dataState !== 'live' && !this.halt && !this.late) this.becomeLive('data flows');
  }

  private bookHooks(): BookSynchronizerHooks {
    return {
      needSeed: (attempt, broken) => {
        if (this.dataState === 'stale') this.setState('syncing', 'waiting for a snapshot');
        this.environment.needSeed(attempt, broken);
      },
      synced: (exchangeTime) => {
        this.lastBookTime = exchangeTime;
        this.deliver(this.bookSnapshotEvent());
        if (this.dataState !== 'live' && !this.halt) this.becomeLive('the book is whole and linked');
      },
      updated: (exchangeTime, sequence, bids, asks) => {
        this.lastBookTime = exchangeTime;
        this.deliver({
          type: 'book-update',
          ...this.origin(this.lastReceivedAt ?? this.environment.clock.now(), exchangeTime, sequence),
          bids,
          asks,
        });
        // It was whole before, in a market that was listed as halted.
        if (this.dataState !== 'live') this.becomeLive('the market moves');
      },
      broken: (reason, lost) => {
        this.counts.gaps++;
        this.environment.statistics.gaps++;
        this.setState('gap', reason, lost);
      },
    };
  }

  private bookSnapshotEvent(depth?: number): ChannelEvents['book'] {
    const { book, sequence } = this.synchronizer ?? { book: undefined, sequence: undefined };
    return {
      type: 'book-snapshot',
      ...this.origin(this.lastReceivedAt ?? this.environment.clock.now(), this.lastBookTime, sequence),
      bids: book?.bids(depth) ?? [],
      asks: book?.asks(depth) ?? [],
    };
  }

  private origin(
    receivedAt: number,
    exchangeTime: number | undefined,
    sequence?: ExchangeSequence,
  ): EventOrigin {
    return {
      exchange: this.request.exchange,
      symbol: this.instrument?.symbol ?? this.request.symbol,
      nativeSymbol: this.instrument?.nativeSymbol ?? this.request.symbol,
      exchangeTime,
      receivedAt,
      sequence,
    };
  }

  /** Data can be trusted from here on; what was missed since it could be trusted last is told first. */
  private becomeLive(reason: string): void {
    if (this.isSeries && this.mayHaveMissed) {
      this.counts.gaps++;
      this.environment.statistics.gaps++;
      this.setState('gap', `${this.isRaw ? 'frames' : 'trades'} since the data was last live may be missing`);
    }
    this.wasLive = true;
    this.mayHaveMissed = false;
    this.setState('live', reason);
  }

  private setState(state: DataState, reason: string, lost?: LostRange): void {
    this.dataState = state;
    this.dataSince = this.environment.clock.now();
    this.dataReason = reason;
    this.consumers.deliver(this.statusEvent(lost));
    this.environment.changed(reason);
  }
}
